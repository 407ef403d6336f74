using CredentialSidecar.Launcher.Plan;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>The dry run.</summary>
public sealed class PlanPrinterTests
{
    [Fact]
    public void The_changes_are_shown_and_secrets_are_not()
    {
        var before = new Variables(
        [
            "AWS_ROLE_ARN=arn",
            "CREDENTIAL_LAUNCH_TOKEN=5f1c9e7a",
            "PATH=/bin",
            "NO_PROXY=a",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN=old-0b1d",
            "AWS_ROLE_ARN=again",
            "AWS_WEB_IDENTITY_TOKEN_FILE=/irsa",
        ]);
        var after = EnvironmentPlan.Make(before, "http://127.0.0.1:9170/v1/credentials", new("5f1c9e7a", "/t"), region: "eu-central-1");

        Assert.Equal(
            """
            - AWS_ROLE_ARN
            - CREDENTIAL_LAUNCH_TOKEN
            - AWS_WEB_IDENTITY_TOKEN_FILE
            + NO_PROXY=a,127.0.0.1,localhost
            + AWS_CONTAINER_AUTHORIZATION_TOKEN=(8 characters, not shown)
            + AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9170/v1/credentials
            + AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/t
            + no_proxy=a,127.0.0.1,localhost
            + AWS_EC2_METADATA_DISABLED=true
            + AWS_REGION=eu-central-1
            + AWS_DEFAULT_REGION=eu-central-1

            """,
            PlanPrinter.Print(before, after));
    }

    [Fact]
    public void No_change_prints_nothing() =>
        Assert.Equal("", PlanPrinter.Print(new Variables(["A=1", "A=2"]), new Variables(["A=1", "A=2"])));
}
