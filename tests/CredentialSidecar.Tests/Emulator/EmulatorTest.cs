using CredentialSidecar.Testing;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

/// <summary>A fresh emulator on real loopback sockets for each test, with time moved by hand.</summary>
public abstract class EmulatorTest : IAsyncLifetime
{
    private protected VirtualClock Clock { get; } = new();

    private protected EmulatorServer Server { get; private set; } = null!;

    private protected SignedSts Sts { get; private set; } = null!;

    private protected HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Server = await EmulatorServer.StartAsync(new EmulatorOptions { World = CreateWorld() }, Clock, Cancelled);
        Sts = new SignedSts(Http, Server.StsEndpoint, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual World CreateWorld() => DefaultWorld.Create();

    private protected async Task<Keys> ReadTaskRoleAsync() =>
        Keys.FromAgent(await Http.GetStringAsync(Server.CredentialsUri, Cancelled));

    /// <summary>A session of <c>reports</c>, as the first hop of a chain.</summary>
    private protected async Task<Keys> AssumeReportsAsync(params (string Name, string Value)[] more)
    {
        var reply = await Sts.AssumeRoleAsync(
            await ReadTaskRoleAsync(), DefaultWorld.Reports, [("ExternalId", DefaultWorld.ExternalId), .. more]);
        Assert.True(reply.Status == 200, reply.Text);
        return reply.Keys;
    }
}
