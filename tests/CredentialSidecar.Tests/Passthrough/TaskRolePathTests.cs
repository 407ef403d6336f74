using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>No spelling of a path gives the task role through the sidecar.</summary>
/// <remarks>The emulated agent behind the sidecar decodes paths like the real agent.</remarks>
public sealed class TaskRolePathTests : IAsyncLifetime
{
    // As in ScriptedKernel.OwnPath.
    private const string Id = "7f1d2c3b-own";

    private EmulatorServer _agent = null!;
    private SidecarFixture _sidecar = null!;

    public static TheoryData<string, bool> Spellings => new()
    {
        // And whether the agent gives it at once, without a redirect.
        { "/v2/credentials/ID", true },
        { "/v2/credentials/HEX", true },
        { "/v2/credentials/ID?x=y", true },
        { "/v2%2Fcredentials%2fID", true },
        { "/%76%32%2f%63redentials/ID", true },
        { "/v2/%63%72%65%64%65%6e%74%69%61%6c%73/ID", true },
        { "/v1/credentials?id=ID", true },
        { "/v1/credentials?x=y&id=ID", true },
        { "/v1/credentials?id=ID&id=x", true },
        { "/v1/credentials?%69%64=HEX", true },
        { "/v1%2fcredentials?id=ID", true },
        { "/%76%31/credentials?id=ID", true },
        { "/v1/credentials?a;b&id=ID", true },
        { "/v1/credentials?a=%zz&id=ID", true },
        { "//v2//credentials//ID", false },
        { "/./v2/credentials/ID", false },
        { "/v4/../v2/credentials/ID", false },
        { "/v4/%2e%2e/v2/credentials/ID", false },
        { "/v4/.%2e/v2/credentials/ID", false },
        { "/v4/x%2f..%2f..%2fv2/credentials/ID", false },
        { "/v2/credentials/x/../ID", false },
        { "/v2/credentials/x%2f%2e%2e%2fID", false },
        { "/v4/CONTAINER/associations/t/..%2f..%2f..%2f..%2f..%2fv2/credentials/ID", false },
        { "/v2/credentials/ID/", false },
        { "/v2/credentials/ID%0a", false },
        { "/V2/credentials/ID", false },
        { "/v2/%2563redentials/ID", false },
        { "/v1/credentials?ID=ID", false },
    };

    public async ValueTask InitializeAsync()
    {
        var options = new EmulatorOptions { CredentialsId = Id, ContainerId = "0123abcd" };
        _agent = await EmulatorServer.StartAsync(options, TimeProvider.System, CancellationToken.None);
        _sidecar = await SidecarFixture.StartInterceptedAsync(
            new ScriptedKernel(),
            ("SIDECAR_SOURCE_ENDPOINT", _agent.AgentEndpoint.GetLeftPart(UriPartial.Authority)),
            ("SIDECAR_Passthrough__Metadata", "true"));
    }

    public async ValueTask DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _agent.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task No_spelling_brings_the_task_role(string target, bool isGiven)
    {
        target = Spelled(target);
        var direct = await AskAsync(_agent.AgentEndpoint, $"GET {target}", "127.0.0.1");

        Assert.Equal(isGiven, direct.Contains(DefaultWorld.TaskRole, StringComparison.Ordinal));

        foreach (var method in (string[])["GET", "PUT", "POST", "HEAD", "DELETE"])
        {
            var intercepted = await AskAsync(_sidecar.InterceptedEndpoint, $"{method} {target}", "169.254.170.2");
            var passed = await AskAsync(_sidecar.Endpoint, $"{method} {target}", "127.0.0.1");

            Assert.DoesNotContain(DefaultWorld.TaskRole, intercepted + passed, StringComparison.Ordinal);
            Assert.True(!isGiven || method == "HEAD" || intercepted.Contains(Settings.ReportsRole, StringComparison.Ordinal), intercepted);
            Assert.DoesNotContain("AccessKeyId", passed, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/v4/0123abcd/task")]
    [InlineData("/v3/0123abcd/associations/elastic-inference/device.1:eu~west")]
    [InlineData("/v2/metadataWithTags")]
    public async Task Metadata_of_the_agent_is_the_same_by_all_ways(string path)
    {
        var direct = Body(await AskAsync(_agent.AgentEndpoint, $"GET {path}", "127.0.0.1"));

        Assert.StartsWith("{", direct, StringComparison.Ordinal);
        Assert.Equal(direct, Body(await AskAsync(_sidecar.InterceptedEndpoint, $"GET {path}", "169.254.170.2")));
        Assert.Equal(direct, Body(await AskAsync(_sidecar.Endpoint, $"GET {path}", "127.0.0.1")));
    }

    private static string Body(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private static string Spelled(string target) => target
        .Replace("?ID=", "?Id=", StringComparison.Ordinal)
        .Replace("CONTAINER", "0123abcd", StringComparison.Ordinal)
        .Replace("HEX", string.Concat(Id.Select(c => $"%{(int)c:x2}")), StringComparison.Ordinal)
        .Replace("ID", Id, StringComparison.Ordinal);

    private static Task<string> AskAsync(Uri server, string request, string host) =>
        RawHttp.AskAsync(
            server,
            $"{request} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {Settings.Token}\r\n" +
            "Content-Length: 0\r\nConnection: close\r\n\r\n");
}
