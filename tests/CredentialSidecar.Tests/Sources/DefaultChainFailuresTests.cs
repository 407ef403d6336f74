using Amazon.Runtime;
using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>What the SDK's default chain throws, as sentences. The real chain is tried by the conformance tests.</summary>
public sealed class DefaultChainFailuresTests
{
    private static readonly SdkProfile Dev = new("dev", "dev", SignIn.Unattended, IsFound: true);

    [Theory]
    [InlineData("exit value 3 with the error - vault is sealed\nsecond", "ended with exit code 3. It wrote: vault is sealed.")]
    [InlineData("exit value 1 with the error - \n", "ended with exit code 1. It wrote nothing to standard error.")]
    [InlineData(
        "exit value 127 with the error - sh: 1: /opt/helper: not found\n",
        "ended with exit code 127. It wrote: sh: 1: /opt/helper: not found.")]
    [InlineData(
        "exit value 1 with the error - secret=hunter2 \u001b[31mred",
        "ended with exit code 1. It wrote: secret=*** \\u001B[31mred.")]
    public void A_credential_process_that_failed_is_named_with_its_code_and_its_first_line(string end, string expected)
    {
        var failed = DefaultChainFailures.From(new ProcessAWSCredentialException("Command returned non-zero " + end), Dev, Assuming.Mask());

        Assert.Equal(
            "The SDK's default chain found no credentials for the source: " +
            $"credential_process of the profile 'dev' {expected}",
            failed.ForOperator);
        Assert.DoesNotContain("It wrote", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sso", "the profile 'dev' signs in by SSO, which needs a browser.")]
    [InlineData("Login", "the profile 'dev' signs in by aws login (login_session), which needs a browser.")]
    [InlineData("Mfa", "the profile 'dev' asks for an MFA code (mfa_serial), which cannot be typed here.")]
    public void A_profile_that_needs_a_person_comes_with_the_way_to_export_its_session(string by, string expected)
    {
        var profile = new SdkProfile("chained", "dev", Enum.Parse<SignIn>(by), IsFound: true);
        var failed = DefaultChainFailures.From(
            new AmazonClientException("Failed to resolve AWS credentials."), profile, Assuming.Mask());

        Assert.EndsWith(expected, failed.Message, StringComparison.Ordinal);
        Assert.Contains(
            "aws configure export-credentials --profile chained --format env-no-export",
            failed.Advice,
            StringComparison.Ordinal);
        Assert.DoesNotContain("Set AWS_PROFILE", failed.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_file_that_is_missing_is_named()
    {
        var failed = DefaultChainFailures.From(
            new InvalidOperationException(
                "A token could not be loaded from the WebIdentityTokenFile.",
                new FileNotFoundException("Could not find file '/nonexistent/token'.")),
            Dev,
            Assuming.Mask());

        Assert.EndsWith(
            "the web identity token could not be read. Could not find file '/nonexistent/token'.",
            failed.ForOperator,
            StringComparison.Ordinal);
        Assert.Contains("AWS_WEB_IDENTITY_TOKEN_FILE", failed.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_that_does_not_exist_is_named() => Assert.EndsWith(
        "the profile 'nope' does not exist.",
        DefaultChainFailures.From(
            new Amazon.Runtime.CredentialManagement.ProfileNotFoundException("Unable to find the \"nope\" profile."),
            Dev with { Name = "nope" },
            Assuming.Mask()).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_errors_of_configured_providers_are_passed_on_and_those_of_unused_ones_are_not() => Assert.EndsWith(
        "no provider has credentials. The SDK says: Error reading source profile [nothere] for profile [dev]; " +
        "Failed to connect to EC2 instance metadata.",
        DefaultChainFailures.From(new AmazonClientException(
            "Failed to resolve AWS credentials. The credential providers used:\n\n"
            + "Exception 1 of 4: The environment variables AWS_ACCESS_KEY_ID were not set with AWS credentials.\n"
            + "Exception 2 of 4: The webIdentityTokenFile must be an absolute path.\n"
            + "Exception 3 of 4: Error reading source profile [nothere] for profile [dev].\n"
            + "Exception 4 of 4: Failed to connect to EC2 instance metadata.\n"), Dev, Assuming.Mask()).ForOperator,
        StringComparison.Ordinal);

    [Fact]
    public void The_words_of_STS_are_passed_on_where_it_refused_a_web_identity()
    {
        const string Said = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
        var refused = new Amazon.SecurityToken.AmazonSecurityTokenServiceException(Said)
        {
            ErrorCode = "AccessDenied",
            StatusCode = System.Net.HttpStatusCode.Forbidden,
        };
        var failed = DefaultChainFailures.From(
            new AmazonClientException("Error calling AssumeRoleWithWebIdentity", refused), Dev, Assuming.Mask());

        Assert.EndsWith($"STS answered 403 AccessDenied. STS said: {Said}.", failed.ForOperator, StringComparison.Ordinal);
        Assert.Equal(CredentialFailure.SourceRefused, failed.Failure);
    }
}
