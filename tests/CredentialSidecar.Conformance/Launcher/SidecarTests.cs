using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Xunit;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>The built sidecar, the emulator and the AWS CLI, all as processes, in a container's environment as ECS makes it.</summary>
public sealed class SidecarTests : LauncherTest
{
    private const string Token = "5f1c9e7a2b8d40365f1c9e7a2b8d4036";

    [Fact]
    public async Task The_CLI_acts_in_the_other_account_although_ECS_set_the_relative_URI()
    {
        Assert.SkipUnless(Tools.Has("aws"), "the AWS CLI is not installed: apt-get install -y --no-install-recommends awscli");
        var (port, healthPort) = (FreePort(), FreePort());
        using var emulator = Process.Start(Start(Built("credential-sidecar-emulator"), []))!;

        try
        {
            using var world = JsonDocument.Parse((await emulator.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
            var relativeUri = $"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI={Text("relativeUri")}";
            var sts = $"AWS_ENDPOINT_URL_STS={Text("sts")}";
            using var sidecar = Process.Start(Start(Built("credential-sidecar"),
            [
                $"SIDECAR_SOURCE_ENDPOINT={Text("agent")}", relativeUri, sts, "AWS_REGION=eu-central-1",
                "SIDECAR_ROLE_ARN=arn:aws:iam::555566667777:role/reports",
                "SIDECAR_EXTERNAL_ID=orders-7f3a", $"SIDECAR_TOKEN={Token}", $"SIDECAR_PORT={port}", $"SIDECAR_HEALTH_PORT={healthPort}",
            ]))!;

            try
            {
                // If the launcher kept RELATIVE_URI, the CLI would ask 169.254.170.2, which has no listener here.
                string[] container =
                [
                    relativeUri, sts, "AWS_DEFAULT_REGION=eu-central-1", "AWS_EC2_METADATA_DISABLED=true",
                    $"HOME={Folder}", $"CREDENTIAL_LAUNCH_PORT={port}",
                ];
                var caller = await RunAsync([.. container, $"CREDENTIAL_LAUNCH_TOKEN={Token}"], "--", "aws", "sts", "get-caller-identity");
                var denied = await RunAsync([.. container, "CREDENTIAL_LAUNCH_TOKEN=other"], "--", "aws", "sts", "get-caller-identity");
                var unknown = await RunAsync([.. container, $"CREDENTIAL_LAUNCH_TOKEN={Token}"], "--destination", "nobody", "true");
                var probe = await RunAsync([$"SIDECAR_HEALTH_PORT={healthPort}"], "--check", "--ready");

                Assert.True(caller.Code == 0, caller.Error);
                Assert.Contains("\"555566667777\"", caller.Output, StringComparison.Ordinal);
                Assert.Equal((77, 78, 0), (denied.Code, unknown.Code, probe.Code));
                Assert.Contains("Unauthorized: The authorization token is wrong.", denied.Error, StringComparison.Ordinal);
                Assert.Contains("InvalidIdInRequest: The sidecar has no destination with that name", unknown.Error,
                    StringComparison.Ordinal);
            }
            finally
            {
                sidecar.Kill();
            }

            string Text(string name) => world.RootElement.GetProperty(name).GetString()!;
        }
        finally
        {
            emulator.Kill();
        }
    }

    private static string Built(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
