using CredentialSidecar.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>A sidecar with intercepted listeners, a scripted kernel and an agent behind it.</summary>
public abstract class InterceptedEndpointTest : IAsyncLifetime
{
    private protected ScriptedKernel Kernel { get; } = new();

    private protected RawServer Agent { get; } = RawServer.Http(200, "from the agent", "text/plain");

    private protected SidecarFixture Sidecar { get; set; } = null!;

    public async ValueTask InitializeAsync() =>
        Sidecar = await SidecarFixture.StartInterceptedAsync(
            Kernel, ("SIDECAR_SOURCE_ENDPOINT", Agent.Uri.GetLeftPart(UriPartial.Authority)));

    public async ValueTask DisposeAsync()
    {
        await Sidecar.DisposeAsync();
        await Agent.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected Task<string> AskAsync(string request, string host = "169.254.170.2", uint port = 1000) =>
        RawHttp.AskAsync(
            Sidecar.InterceptedEndpointOf(port),
            $"{request} HTTP/1.1\r\nHost: {host}\r\nX-Uid: 1001\r\nConnection: close\r\n\r\n");
}
