using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>Explains why the SDK's default chain found no credentials, and what to do.</summary>
internal static partial class DefaultChainFailures
{
    private const string Unattended = "Pass the session to the sidecar instead: aws configure export-credentials --profile ";

    public static CredentialException From(Exception e, SecretMask mask) => From(e, SdkProfile.Read(), mask);

    public static CredentialException From(Exception e, SdkProfile profile, SecretMask mask)
    {
        var (what, said, advice) = Explain(e, profile);

        return new CredentialException(CredentialFailure.SourceRefused,
            $"The SDK's default chain found no credentials for the source: {what}.", e)
        {
            Said = OutsideText.Shown(said, mask),
            Advice = advice,
        };
    }

    private static (string What, string? Said, string Advice) Explain(Exception e, SdkProfile profile) => e switch
    {
        ProcessAWSCredentialException => Process(e, profile),
        ProfileNotFoundException => ($"the profile '{profile.Name}' does not exist", null,
            "Correct AWS_PROFILE, or mount ~/.aws where the sidecar's user can read it. "
            + "AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name other files."),
        InvalidOperationException or ArgumentException
            when Chain(e).Any(inner => inner.Message.Contains("WebIdentityTokenFile", StringComparison.OrdinalIgnoreCase)) =>
            ("the web identity token could not be read", Innermost(e).Message,
                "Correct AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file in the profile. "
                + "In Kubernetes, annotate the service account so that the token is mounted."),
        _ when Chain(e).OfType<AmazonServiceException>().FirstOrDefault() is { } service => ByService(service),
        _ when profile.By == SignIn.Sso =>
            ($"the profile '{profile.Source}' signs in by SSO, which needs a browser", null, Export(profile)),
        _ when profile.By == SignIn.Login =>
            ($"the profile '{profile.Source}' signs in by aws login (login_session), which needs a browser", null, Export(profile)),
        _ when profile.By == SignIn.Mfa =>
            ($"the profile '{profile.Source}' asks for an MFA code (mfa_serial), which cannot be typed here", null, Export(profile)),
        AmazonClientException => ("no provider has credentials", Tried(e.Message), profile.IsFound
            ? $"Check the profile '{profile.Name}', or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. "
                + "Mount ~/.aws where the sidecar's user can read it."
            : "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and mount ~/.aws where the sidecar's user can read it."),
        _ => Other(Unreachable.From(e)),
    };

    private static (string What, string? Said, string Advice) Other(Unreachable e) =>
        (e.Why, e.Said, e.Advice ?? "Check the AWS_ variables and the AWS configuration file in the sidecar's container.");

    private static string Export(SdkProfile profile) =>
        $"{Unattended}{profile.Name} --format env-no-export > sidecar.env, then start the sidecar with that file as its environment. "
        + "The session expires and is not renewed.";

    private static (string What, string? Said, string Advice) Process(Exception e, SdkProfile profile)
    {
        const string Advice =
            "Run the command of credential_process as the sidecar's user, in its container: the program must be in the sidecar's image.";
        var code = ExitCode().Match(e.Message);
        var error = e.Message.IndexOf("with the error - ", StringComparison.Ordinal) is >= 0 and var at ? e.Message[(at + 17)..] : "";
        var first = error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();

        return code.Success
            ? ($"credential_process of the profile '{profile.Source}' ended with exit code {code.Value}",
                first is null ? "It wrote nothing to standard error" : $"It wrote: {first}", Advice)
            : ($"credential_process of the profile '{profile.Source}' did not print the JSON that the SDK expects", null, Advice);
    }

    private static (string What, string? Said, string Advice) ByService(AmazonServiceException e) => (
        OutsideName.Code(e.ErrorCode) is { } code
            ? $"STS answered {(int)e.StatusCode} {code}"
            : $"STS answered {(int)e.StatusCode}",
        $"STS said: {e.Message}",
        "With AWS_WEB_IDENTITY_TOKEN_FILE, check that the trust policy of AWS_ROLE_ARN names the token's issuer and subject. "
            + "With role_arn in a profile, check both policies of that role.");

    /// <summary>The SDK lists each provider that it tried. Leaves out providers that are not configured.</summary>
    private static string? Tried(string message)
    {
        var tried = Attempt().Matches(message).Select(match => match.Groups[1].Value.Trim().TrimEnd('.'))
            .Where(text => !text.Contains("were not set with AWS credentials", StringComparison.Ordinal)
                && !text.StartsWith("The webIdentityTokenFile must", StringComparison.Ordinal))
            .ToArray();

        return tried.Length == 0 ? $"The SDK says: {message.Split('\n')[0].Trim()}" : $"The SDK says: {string.Join("; ", tried)}";
    }

    private static IEnumerable<Exception> Chain(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }

    private static Exception Innermost(Exception e) => Chain(e).Last();

    [GeneratedRegex("(?<=exit value )-?[0-9]+")]
    private static partial Regex ExitCode();

    [GeneratedRegex(@"Exception [0-9]+ of [0-9]+: ([^\r\n]*)")]
    private static partial Regex Attempt();
}
