using System.Text.Json.Nodes;
using CredentialSidecar.Generating;
using Xunit;
using static CredentialSidecar.Tests.Generating.GenerateRun;

namespace CredentialSidecar.Tests.Generating;

/// <summary><c>generate compose</c>, <c>helm-values</c> and <c>env</c>.</summary>
public sealed class OtherOutputTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private const string Clients = $$"""
        { "Destinations": {
            "reports": { "Hops": [ { "RoleArn": "{{Target}}", "ExternalId": "orders-7f3a", "Tags": { "team": "yes" } } ] },
            "audit": { "Lazy": true, "Hops": [ { "RoleArn": "{{Target}}" }, { "RoleArn": "arn:aws:iam::555566667777:role/audit" } ] } },
          "Access": { "Token": "{{Token}}", "Clients": {
            "web": { "SharedDirectory": "/shared/web", "Destinations": [ "reports" ] },
            "batch": { "SharedDirectory": "/shared/batch", "Destinations": [ "reports", "audit" ] } } } }
        """;

    [Fact]
    public void Compose_starts_each_service_through_the_launcher_beside_the_sidecar()
    {
        var (code, output, _) = Of("",
        [
            "compose", "--container", "app=default", "--entrypoint", "app=", "--command", """app=["sh","-c","echo $HOME"]""", .. OneRole,
        ]);

        Assert.Equal(0, code);
        Assert.Contains("      SIDECAR_ROLE_ARN: \"arn:aws:iam::555566667777:role/reports\"\n", output, StringComparison.Ordinal);
        Assert.EndsWith("""
              app:
                network_mode: "service:credential-sidecar"
                depends_on:
                  credential-sidecar:
                    condition: service_healthy
                entrypoint:
                  - /credential-sidecar/credential-launch
                  - "--destination"
                  - default
                  - "--"
                command:
                  - sh
                  - "-c"
                  - "echo $$HOME"
                volumes:
                  - "credential-sidecar:/credential-sidecar:ro"
            volumes:
              credential-sidecar: {}

            """.ReplaceLineEndings("\n"), output, StringComparison.Ordinal);
    }

    [Fact]
    public void Helm_values_have_each_destination_and_each_client()
    {
        var (code, output, error) = Of(
            "", ["helm-values", "--region", "eu-central-1", "--image", "registry:5000/sidecar@sha256:00"], ("SIDECAR_CONFIG", Clients));

        Assert.True(code == 0, error);
        Assert.Equal($$"""
            credential-sidecar:
              image:
                repository: "registry:5000/sidecar"
                digest: "sha256:00"
              region: eu-central-1
              destinations:
                audit:
                  hops:
                    -
                      roleArn: "{{Target}}"
                      durationSeconds: 3600
                    -
                      roleArn: "arn:aws:iam::555566667777:role/audit"
                      durationSeconds: 3600
                  lazy: true
                reports:
                  hops:
                    -
                      roleArn: "{{Target}}"
                      externalId: orders-7f3a
                      durationSeconds: 3600
                      tags:
                        -
                          key: team
                          value: "yes"
              clients:
                batch:
                  destinations:
                    - audit
                    - reports
                web:
                  destinations:
                    - reports

            """.ReplaceLineEndings("\n"), output);
    }

    [Fact]
    public void Variables_name_the_token_file_of_the_client_that_may_read_the_destination()
    {
        Assert.Contains("""
            # Mount the volume credential-sidecar-batch at /shared/batch, read-only.
            AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9170/v1/credentials/audit
            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/shared/batch/token

            """.ReplaceLineEndings("\n").TrimEnd('\n'), Environment("--destination", "audit").Output, StringComparison.Ordinal);

        Assert.Equal("credential-sidecar: Add --destination NAME. The configuration has audit, reports.\n", Environment().Error);
        Assert.Equal(
            "credential-sidecar: --destination: The configuration has no destination \"report\"; did you mean reports?\n",
            Environment("--destination", "report").Error);
        Assert.Contains("Several clients may read destination reports: batch, web.", Environment("--destination", "reports").Error,
            StringComparison.Ordinal);
        Assert.Contains("/shared/web/token", Environment("--destination", "reports", "--client", "web").Output, StringComparison.Ordinal);

        static (int Code, string Output, string Error) Environment(params string[] flags) =>
            Of("", ["env", .. flags], ("SIDECAR_CONFIG", Clients));
    }

    [Fact]
    public void No_token_stands_in_anything_that_is_generated()
    {
        string[] flags = ["--container", "app=reports", "--client", "app=web", "--image", "x"];
        (string, string)[] environment =
        [
            ("SIDECAR_CONFIG", Clients), ("SIDECAR_TOKEN_FILE", "/t"), ("SIDECAR_Access__Clients__web__Token", Token),
        ];
        string[] outputs =
        [
            Of(Definition("article"), ["task-definition", "--from", "-", .. flags], environment).Output,
            Of("", ["compose", .. flags, "--entrypoint", "app=", "--command", "app=x"], environment).Output,
            Of("", ["helm-values", "--region", "eu-central-1"], environment).Output,
            Of("", ["env", "--destination", "audit"], environment).Output,
            Of("", ["iam", "--task-role", "arn:aws:iam::111122223333:role/x"], environment).Output,
        ];

        Assert.All(outputs, output => Assert.NotEmpty(output));
        Assert.All(outputs, output => Assert.DoesNotContain(Token, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no", "\"no\"")]
    [InlineData("1.0", "\"1.0\"")]
    [InlineData("", "\"\"")]
    [InlineData("a: b # c", "\"a: b # c\"")]
    [InlineData("- x", "\"- x\"")]
    [InlineData("a\nb\t\"c\"", "\"a\\nb\\t\\\"c\\\"\"")]
    [InlineData("plain-word_1.x/y", "plain-word_1.x/y")]
    public void Text_that_yaml_would_read_as_something_else_is_quoted(string text, string expected) =>
        Assert.Equal($"a: {expected}\n", Yaml.Write(new JsonObject { ["a"] = text }));
}
