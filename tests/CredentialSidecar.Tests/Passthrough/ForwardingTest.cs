using CredentialSidecar.Testing;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>A sidecar that forwards requests to a scripted agent.</summary>
public abstract class ForwardingTest
{
    private protected ScriptedKernel Kernel { get; } = new();

    private protected static Task<string> AskAsync(SidecarFixture sidecar, string request) =>
        RawHttp.AskAsync(sidecar.InterceptedEndpoint, request);

    private protected Task<SidecarFixture> StartAsync(Uri agent) =>
        SidecarFixture.StartInterceptedAsync(Kernel, ("SIDECAR_SOURCE_ENDPOINT", agent.GetLeftPart(UriPartial.Authority)));
}
