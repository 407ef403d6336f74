using System.Diagnostics.Metrics;
using CredentialSidecar.Access;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CredentialSidecar.Tests.Access;

/// <summary>An audit trail without a sidecar. Nothing empties its queues until a test starts it.</summary>
internal sealed class UnstartedAudit : IDisposable
{
    private readonly ServiceProvider _services =
        new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();

    public UnstartedAudit(params IEnumerable<(string, string?)> settings) => Trail = new AuditTrail(
        Settings.Load(settings).Audit, _services.GetRequiredService<SidecarMetrics>(), new VirtualClock(), Logs.Factory());

    public AuditTrail Trail { get; }

    public CollectedLogs Logs { get; } = new();

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose()
    {
        Trail.Dispose();
        Logs.Dispose();
        _services.Dispose();
    }
}
