using System.Net;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Charts;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Generating;

/// <summary>Generated Helm values in the hands of helm, and a profile with credential_source beside the sidecar.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class GeneratedFormsTests(Helm helm) : IClassFixture<Helm>
{
    private const string Configuration = """
        {
          "Destinations": {
            "reports": { "Hops": [{ "RoleArn": "arn:aws:iam::555566667777:role/reports", "ExternalId": "orders-7f3a",
              "Tags": [{ "Key": "team", "Value": "orders" }], "TransitiveTagKeys": ["team"] }] },
            "audit": { "Lazy": true, "Hops": [
              { "RoleArn": "arn:aws:iam::555566667777:role/reports", "ExternalId": "orders-7f3a" },
              { "RoleArn": "arn:aws:iam::555566667777:role/team/audit/reader", "Policy": "{\"Version\":\"2012-10-17\"}" }] }
          },
          "Access": { "Clients": {
            "web": { "SharedDirectory": "/shared/web", "Destinations": ["reports"] },
            "batch": { "SharedDirectory": "/shared/batch", "Destinations": ["reports", "audit"] } } }
        }
        """;

    [Fact]
    public async Task Helm_makes_a_pod_of_the_generated_values_whose_configuration_is_the_same()
    {
        var generated = await Programs.SidecarAsync(
            ["generate", "helm-values", "--region", "eu-central-1", "--image", "example.org/credential-sidecar:1"],
            ("SIDECAR_CONFIG", Configuration));
        Assert.True(generated.Code == 0, generated.ToString());
        var values = Path.Combine(Path.GetDirectoryName(helm.Library)!, "generated.yaml");
        await File.WriteAllTextAsync(values,
            $"{generated.Output}\ncontainers:\n  - {{ name: orders, image: x, destination: reports, client: web }}\n",
            TestContext.Current.CancellationToken);

        var ended = await helm.RunAsync("template", "orders", helm.Example, "--kube-version", "1.33.0", "--values", values);

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains("example.org/credential-sidecar:1", ended.Output, StringComparison.Ordinal);
        var written = ended.Output.Split('\n').Select(line => line.Trim())
            .SkipWhile(line => !line.Contains("SIDECAR_CONFIG", StringComparison.Ordinal)).ElementAt(1);
        Assert.Contains("team/audit/reader", written, StringComparison.Ordinal);
        Assert.Contains("TransitiveTagKeys", written, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_profile_with_credential_source_still_assumes_its_role_beside_the_sidecar()
    {
        await Installed.AwsCliAsync();
        await using var network = await TaskNetwork.TryMakeAsync();
        Assert.SkipUnless(network is not null, "a network namespace needs root and ip: apt-get install -y "
            + "--no-install-recommends iproute2");
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", "arn:aws:iam::555566667777:role/reports"), ("SIDECAR_EXTERNAL_ID", "orders-7f3a"));
        await sidecar.ReadyAsync();
        await network.OpenAsync(new IPEndPoint(IPAddress.Parse("169.254.170.2"), 80), emulator.Agent);
        await network.OpenAsync(new IPEndPoint(IPAddress.Loopback, 9170), sidecar.Endpoint);
        await network.OpenAsync(new IPEndPoint(IPAddress.Loopback, 9181), emulator.Sts);
        var home = Directory.CreateTempSubdirectory("home-").FullName;
        var config = Path.Combine(home, "config");

        try
        {
            await File.WriteAllTextAsync(config, "[profile cross-account]\nrole_arn = arn:aws:iam::555566667777:role/reports\n"
                + "external_id = orders-7f3a\ncredential_source = EcsContainer\nrole_session_name = by-the-profile\n",
                TestContext.Current.CancellationToken);
            var environment = CleanEnvironment.With(
                ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri),

                // The AWS CLI keeps the sessions of profiles there.
                ("HOME", home),
                ("AWS_CONFIG_FILE", config), ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
                ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9181"), ("AWS_DEFAULT_REGION", "eu-central-1"));

            var byProfile = await WhoAsync("--profile", "cross-account");
            var without = await WhoAsync();

            Assert.Equal("arn:aws:sts::555566667777:assumed-role/reports/by-the-profile", byProfile);
            Assert.StartsWith("arn:aws:sts::111122223333:assumed-role/orders-task/", without, StringComparison.Ordinal);

            async Task<string?> WhoAsync(params string[] flags)
            {
                var ended = await network.RunAsync("aws",
                    ["--endpoint-url", "http://127.0.0.1:9181", "--output", "json", "sts", "get-caller-identity", .. flags], environment);
                Assert.True(ended.Code == 0, ended.ToString());
                return (string?)JsonNode.Parse(ended.Output)!["Arn"];
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
