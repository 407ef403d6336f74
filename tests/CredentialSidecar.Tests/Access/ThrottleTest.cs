using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Tests.Access;

/// <summary>A throttle of 100 requests a second on a virtual clock.</summary>
public abstract class ThrottleTest : IDisposable
{
    private protected static readonly IPAddress Peer = IPAddress.Loopback;

    private protected VirtualClock Clock { get; } = new();

    private protected CollectedLogs Logs { get; } = new();

    private protected Throttle Throttle { get; }

    protected ThrottleTest()
    {
        var wall = Settings.Load(("SIDECAR_Access__RequestsPerSecond", "100")).Wall;
        Throttle = new Throttle(wall, Clock, Logs.For<Throttle>());
    }

    public void Dispose()
    {
        Logs.Dispose();
        GC.SuppressFinalize(this);
    }
}
