using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Access;

/// <summary>
/// Programs whose own <c>fetch</c> is a browser's in all but the browser. Node's sends <c>Sec-Fetch-Mode</c> with every request,
/// and cannot be told not to.
/// </summary>
public sealed class RuntimeTests(InterceptedTask intercepted) : IClassFixture<InterceptedTask>
{
    private static readonly (string Name, string[] Words)[] Runtimes =
    [
        ("node", ["node", "-e"]),
        ("deno", [Path.Combine(Catalogue.Cache, "deno/node_modules/@deno/linux-x64-glibc/deno"), "eval"]),
        ("bun", [Path.Combine(Catalogue.Cache, "bun/node_modules/@oven/bun-linux-x64/bin/bun"), "-e"]),
    ];

    public static TheoryData<string> Names => [.. Runtimes.Select(runtime => runtime.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task Its_fetch_reads_credentials_metadata_and_status(string name)
    {
        var words = await WordsAsync(name);
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("SIDECAR_Passthrough__Metadata", "true"));
        await sidecar.ReadyAsync();

        var credentials = await FetchAsync(new Uri(sidecar.Endpoint, "v1/credentials"), sidecar.Token);
        var metadata = await FetchAsync(new Uri(sidecar.Endpoint, $"{emulator.Metadata.AbsolutePath}/task"));
        var status = await FetchAsync(new Uri(sidecar.Health, "status"));

        Assert.StartsWith("200 {\"AccessKeyId\":\"ASIA", credentials.Output, StringComparison.Ordinal);
        Assert.StartsWith("200 {", metadata.Output, StringComparison.Ordinal);
        Assert.Contains("TaskARN", metadata.Output, StringComparison.Ordinal);
        Assert.True(status.Output.StartsWith("200 {", StringComparison.Ordinal), status.ToString());

        Task<ChildProcess.Ended> FetchAsync(Uri address, string token = "") =>
            ChildProcess.RunAsync(words[0], [.. words[1..], Script(address.AbsoluteUri, token)], Environment);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Its_fetch_reads_credentials_and_metadata_where_169_254_170_2_is_intercepted(string name)
    {
        var words = await WordsAsync(name);
        await intercepted.StartAsync();

        var credentials = await FetchAsync(intercepted.RelativeUri);
        var metadata = await FetchAsync($"{intercepted.Metadata}/task");

        Assert.True(credentials.Output.StartsWith("200 {\"AccessKeyId\":\"ASIA", StringComparison.Ordinal), credentials.Errors);
        Assert.Contains("role/reports\"", credentials.Output, StringComparison.Ordinal);
        Assert.StartsWith("200 {", metadata.Output, StringComparison.Ordinal);
        Assert.Contains("TaskARN", metadata.Output, StringComparison.Ordinal);

        Task<ChildProcess.Ended> FetchAsync(string path) => intercepted.Network.RunAsync(
            [.. InterceptedTask.As(1000), .. words, Script($"http://169.254.170.2{path}", "")],
            Environment.Select(variable => (variable.Key, variable.Value)));
    }

    [Fact]
    public async Task A_browser_reads_neither_credentials_nor_metadata_where_169_254_170_2_is_intercepted()
    {
        await Attacker.SkipWithoutBrowserAsync();
        await intercepted.StartAsync();
        var profile = Directory.CreateTempSubdirectory("browser").FullName;

        try
        {
            await intercepted.Network.DoAsync("chmod", "777", profile);

            foreach (var path in (string[])[intercepted.RelativeUri, $"{intercepted.Metadata}/task"])
            {
                string[] typing = Attacker.Typing($"http://169.254.170.2{path}", profile);
                var shown = await intercepted.RunAsync(1000, ["env", $"HOME={profile}", .. typing]);
                Assert.True(shown.Output.Contains("RequestNotAllowed", StringComparison.Ordinal), shown.ToString());
                Assert.DoesNotContain("AccessKeyId", shown.Output, StringComparison.Ordinal);
                Assert.DoesNotContain("TaskARN", shown.Output, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }

    private static Dictionary<string, string?> Environment =>
        CleanEnvironment.With(("DENO_NO_UPDATE_CHECK", "1"), ("DENO_DIR", "/nonexistent/deno"));

    private static async Task<string[]> WordsAsync(string name)
    {
        var words = Runtimes.Single(runtime => runtime.Name == name).Words;
        await Installed.CommandAsync($"{name} is not installed: .ci/install-clients {name}", words[0], "--version");
        return words;
    }

    private static string Script(string address, string token) =>
        $"fetch('{address}', {{ headers: {(token.Length > 0 ? $"{{ Authorization: '{token}' }}" : "{}")} }})" +
        ".then(async a => console.log(a.status, await a.text()), e => console.log(String(e.cause ?? e)))";
}
