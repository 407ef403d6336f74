using System.Diagnostics;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Access;

/// <summary>Metadata is passed on to an agent that takes the request and says nothing.</summary>
public sealed class SilentAgentTests
{
    [Fact]
    public async Task A_silent_agent_is_given_up_after_five_seconds()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var agent = RawServer.Custom((_, _, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop));
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_Passthrough__Metadata", "true"),
            ("SIDECAR_SOURCE_ENDPOINT", agent.Uri.GetLeftPart(UriPartial.Authority)));
        var since = Stopwatch.StartNew();

        var answer = await RawHttp.AskAsync(sidecar.Endpoint, "GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.True(since.Elapsed >= TimeSpan.FromSeconds(4.5), $"{since.Elapsed}");
    }
}
