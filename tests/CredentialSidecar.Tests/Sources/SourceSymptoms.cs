using Amazon.SecurityToken;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Executing;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Tests.Sources;

/// <summary>The entries of docs/troubleshooting.md for the sources WebIdentity and Process.</summary>
internal static class SourceSymptoms
{
    private const string Helper = "/opt/aws_signing_helper";
    private const string File = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token";

    public static Dictionary<string, Func<CredentialException>> Entries { get; } = new()
    {
        ["The web identity token is missing"] = () => Missing(),
        ["The role does not trust the web identity"] = () =>
            Answered(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
        ["The account does not know the identity provider"] = () =>
            Answered(400, "InvalidIdentityToken", $"No OpenIDConnect provider found in your account for https://{WebTokens.Issuer}"),
        ["The web identity token has expired"] = () => Answered(400, "ExpiredTokenException", "Token expired"),
        ["STS cannot reach the identity provider"] = () => Answered(400, "IDPCommunicationError", "Couldn't retrieve verification key"),
        ["The program of Source:Process does not exist"] = () => Ended(new ProgramEnd(2, null, null)),
        ["The program of Source:Process fails"] = () =>
            Ended(new ProgramEnd(0, 1, null) { Errors = "unable to read certificate"u8.ToArray() }),
        ["The program of Source:Process does not end"] = () => Ended(new ProgramEnd(0, null, 9, IsCancelled: true)),
        ["The program of Source:Process prints no credentials"] = () => Ended(new ProgramEnd(0, 0, null), "JSON without Version"),
    };

    private static WebIdentitySettings Settings(string file = File) => new(
        RoleArn.Parse(WebTokens.Role), file, "AWS_WEB_IDENTITY_TOKEN_FILE", "credential-sidecar", "eu-central-1");

    private static CredentialException Missing()
    {
        try
        {
            WebIdentityToken.Read(Settings(), Assuming.Mask(), VirtualClock.Start);
            throw new InvalidOperationException($"{File} exists.");
        }
        catch (CredentialException e)
        {
            return e;
        }
    }

    private static CredentialException Answered(int status, string code, string message) => WebIdentityFailures.From(
        new AmazonSecurityTokenServiceException(message) { ErrorCode = code, StatusCode = (System.Net.HttpStatusCode)status },
        new WebIdentityAttempt(
            Settings(),
            new WebIdentityToken("x", WebTokens.Issuer, WebTokens.Audience, WebTokens.Subject, VirtualClock.Start.AddHours(-1)),
            new Sending { Target = Assuming.Sts }, VirtualClock.Start, TimeSpan.Zero, Assuming.Mask()));

    private static CredentialException Ended(ProgramEnd end, string? problem = null) =>
        ProcessFailures.Of(Helper, end, problem, Assuming.Mask())!;
}
