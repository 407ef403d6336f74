using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.InstanceMetadata;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>The program with a web identity: a signed token, two servers that take it, and credentials that it must not use.</summary>
public sealed class WebIdentityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("identity-").FullName;
    private readonly WebTokens _tokens = new();

    private string World => Path.Combine(_folder, "world.json");

    private string TokenFile => Path.Combine(_folder, "token");

    public void Dispose()
    {
        _tokens.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Boto3_acts_as_the_destination_once_the_kubelet_has_replaced_an_expired_token()
    {
        await using var emulator = await StartEmulatorAsync();
        Mount(DateTimeOffset.UtcNow.AddMinutes(-1));
        await using var sidecar = await SidecarProcess.StartAsync(emulator, Identity);
        sidecar.Hide([File.ReadAllText(TokenFile)]);
        await FailureAsync(sidecar, "the token has expired, at ");

        Mount(DateTimeOffset.UtcNow.AddHours(1));
        sidecar.Hide([File.ReadAllText(TokenFile)]);
        await sidecar.ReadyAsync();
        var caller = await Boto3.IdentityAsync(TaskFixture.SiblingOf(sidecar, "default", emulator.Sts));

        Assert.True(caller.Code == 0, caller.ToString());
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/", (string?)JsonNode.Parse(caller.Output)!["Arn"]);
        var calls = (await emulator.CallsAsync()).Sts;
        Assert.Contains(calls, call => (call.Action, call.Outcome) == ("AssumeRoleWithWebIdentity", "ExpiredTokenException"));
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/orders-pod/credential-sidecar",
            calls.First(call => call.Action == "AssumeRole").CallerArn);
        Assert.Empty((await emulator.CallsAsync()).Agent);
    }

    [Fact]
    public async Task Moto_exchanges_the_token_and_assumes_the_next_role()
    {
        await using var moto = await MotoServer.StartAsync();
        await using var emulator = await StartEmulatorAsync();
        Mount(DateTimeOffset.UtcNow.AddHours(1));
        await using var sidecar = await SidecarProcess.StartAsync(
            emulator, [.. Identity, ("AWS_ENDPOINT_URL_STS", moto.Address.AbsoluteUri)]);
        await sidecar.ReadyAsync();
        var caller = await Boto3.IdentityAsync(TaskFixture.SiblingOf(sidecar, "default", moto.Address));

        Assert.True(caller.Code == 0, caller.ToString());
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/", (string?)JsonNode.Parse(caller.Output)!["Arn"]);
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("node")]
    public async Task Without_a_token_no_other_credentials_are_used(string others)
    {
        await using var node = new InstanceNode();
        await using var emulator = await StartEmulatorAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, [.. Identity, .. Others(others, node)]);
        sidecar.Hide([DefaultWorld.SecretAccessKey]);
        await FailureAsync(sidecar, $"AWS_WEB_IDENTITY_TOKEN_FILE is \"{TokenFile}\", which does not exist.");

        Assert.Equal(503, (await sidecar.GetAsync("default")).Status);
        Assert.Empty((await emulator.CallsAsync()).Sts);
        Assert.Empty(node.Requests);
    }

    /// <summary>The control: without the webhook's variables, the default chain finds the same credentials and signs with them.</summary>
    [Theory]
    [InlineData("keys", 0)]
    [InlineData("node", 1)]
    public async Task The_default_chain_uses_other_credentials_if_the_variables_are_missing(string others, int fewestNodeRequests)
    {
        await using var node = new InstanceNode();
        await using var emulator = await StartEmulatorAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
        [
            .. Identity, .. Others(others, node), ("SIDECAR_Source__Kind", "Default"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", null), ("AWS_ROLE_ARN", null),
        ]);
        sidecar.Hide([DefaultWorld.SecretAccessKey]);
        await Eventually.HoldsAsync(
            async () => (await emulator.CallsAsync()).Sts.Any(call => call.Outcome == "InvalidClientTokenId"),
            () => string.Join('\n', sidecar.Output));

        Assert.InRange(node.Requests.Count, fewestNodeRequests, fewestNodeRequests * 20);
    }

    [Fact]
    public async Task Without_the_variables_of_the_webhook_it_does_not_start()
    {
        var ended = await Programs.SidecarAsync(["serve"],
            [.. Identity, ("AWS_REGION", "eu-central-1"), ("SIDECAR_TOKEN", new('t', 40)), ("AWS_WEB_IDENTITY_TOKEN_FILE", null)]);

        Assert.Equal(78, ended.Code);
        Assert.Contains("AWS_WEB_IDENTITY_TOKEN_FILE is not set; EKS sets it", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_that_look_at_the_source_know_it()
    {
        await using var emulator = await StartEmulatorAsync();
        Mount(DateTimeOffset.UtcNow.AddHours(1));
        (string, string?)[] environment =
        [
            .. Identity, ("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri),
            ("SIDECAR_TOKEN", new('t', 40)),
        ];
        var validated = await Programs.SidecarAsync(["validate"], environment);
        var who = await Programs.SidecarAsync(["whoami"], environment);
        var doctor = await Programs.SidecarAsync(["doctor"], environment);

        Assert.Contains($"Source: WebIdentity {WebTokens.Role}. STS: http://127.0.0.1", validated.Errors, StringComparison.Ordinal);
        Assert.Contains("arn:aws:sts::111122223333:assumed-role/orders-pod/credential-sidecar", who.Output, StringComparison.Ordinal);
        Assert.Contains("arn:aws:sts::555566667777:assumed-role/reports/", who.Output, StringComparison.Ordinal);
        Assert.Matches($"pass  source +ASIA[A-Z0-9]+ of {WebTokens.Role}, (59|60) min left", doctor.Output);
    }

    private (string, string?)[] Identity =>
    [
        ("SIDECAR_Source__Kind", "WebIdentity"), ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
        ("AWS_ROLE_ARN", WebTokens.Role), ("AWS_WEB_IDENTITY_TOKEN_FILE", TokenFile),
        ("SIDECAR_SOURCE_ENDPOINT", null), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null), ("ECS_CONTAINER_METADATA_URI_V4", null),
        ("AWS_CONFIG_FILE", "/nonexistent/config"), ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
    ];

    private async Task<EmulatorProcess> StartEmulatorAsync()
    {
        await File.WriteAllTextAsync(World, _tokens.World(DefaultWorld.Reports));
        return await EmulatorProcess.StartAsync("--world", World);
    }

    // As the kubelet does: a link to a new directory takes the place of the link to the former one.
    private void Mount(DateTimeOffset expiration)
    {
        var (version, link) = (Path.Combine(_folder, $"..{Guid.NewGuid()}"), Path.Combine(_folder, "..data"));
        Directory.CreateDirectory(version);
        File.WriteAllText(Path.Combine(version, "token"), _tokens.Sign(expiration));
        File.Delete(link + "_tmp");
        File.CreateSymbolicLink(link + "_tmp", version);
        Assert.Equal(0, Rename(link + "_tmp", link));

        if (new FileInfo(TokenFile).LinkTarget is null)
        {
            File.CreateSymbolicLink(TokenFile, Path.Combine("..data", "token"));
        }
    }

    private static (string, string?)[] Others(string kind, InstanceNode node) => kind == "keys"
        ? [("AWS_ACCESS_KEY_ID", DefaultWorld.AccessKeyId), ("AWS_SECRET_ACCESS_KEY", DefaultWorld.SecretAccessKey)]
        : [("AWS_EC2_METADATA_SERVICE_ENDPOINT", node.Uri.GetLeftPart(UriPartial.Authority))];

    private static Task FailureAsync(SidecarProcess sidecar, string text) => Eventually.HoldsAsync(
        () => sidecar.Output.Any(line => line.Contains("\"EventId\":302,", StringComparison.Ordinal)
            && JsonNode.Parse(line)!["Message"]!.GetValue<string>().Contains(text, StringComparison.Ordinal)),
        () => string.Join('\n', sidecar.Output));

    [DllImport("libc", EntryPoint = "rename", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(string from, string to);
}
