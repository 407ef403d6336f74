using System.Security.Cryptography;
using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Certificates;
using CredentialSidecar.Chains;
using CredentialSidecar.Commands;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Health;
using CredentialSidecar.Hosting;
using CredentialSidecar.Networking;
using CredentialSidecar.Passthrough;
using CredentialSidecar.Refreshing;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace CredentialSidecar;

/// <summary>Composition root: the one place where every part meets.</summary>
internal static class SidecarApp
{
    /// <param name="overrides">Lets a test swap the clock and the sources, and a supervisor the sockets, before the container is
    /// built.</param>
    public static WebApplication Create(SidecarSettings settings, TaskIdentity task, Action<IServiceCollection>? overrides = null)
    {
        // Empty: no ASPNETCORE_URLS, no appsettings.json and no Kestrel section can open another listener.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());

        builder.Logging.AddSidecarLogging(settings.Logging);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Listeners.Open(kestrel, ListenerTable.Of(settings)));
        builder.Services
            .AddExport(settings.Describing(task).Export)
            .AddMetrics()
            .AddSingleton(settings)
            .AddSingleton(settings.Refresh)
            .AddSingleton(settings.Wall)
            .AddSingleton(settings.Audit)
            .AddSingleton(settings.Passthrough)
            .AddSingleton(settings.Listen)
            .AddSingleton(settings.Access)
            .AddSingleton(settings.Chains(task))
            .AddSingleton(task)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<SidecarMetrics>()
            .AddSources(settings)
            .AddSingleton(new RefreshSchedule(settings.Refresh, () => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue))
            .AddSingleton(services => new CallGate(settings.Refresh.MaxConcurrentCalls, services.GetRequiredService<TimeProvider>()))
            .AddSingleton<SessionDocument>(ContractDocument.Of)
            .AddSingleton<TreeBuilder>()
            .AddSingleton(services => new Served(new Snapshot(
                services.GetRequiredService<TreeBuilder>().Build(services.GetRequiredService<IReadOnlyList<RoleChain>>()), settings.Clients,
                settings.Intercepted)))
            .AddSingleton<ITokenStore>(services => services.GetRequiredService<Served>())
            .AddSingleton<CurrentTree>(services =>
            {
                var served = services.GetRequiredService<Served>();
                return () => served.Current.Tree;
            })
            .AddSingleton<ReadyLatch>()
            .AddSingleton<ConfigurationState>()
            .Configure<SocketTransportOptions>(Listeners.Bound)
            .AddSingleton(ConnectionLimits.For(MachineLimits.Memory(), MachineLimits.RaiseOpenFiles()))
            .AddSingleton(services => new ConnectionBudget(services.GetRequiredService<ConnectionLimits>().Requests,
                settings.Clients.Count + settings.Intercepted.Count, TimeProvider.System))
            .AddSingleton<FindPeer>(LocalPeer.Of)
            .AddSingleton<Identification>()
            .AddSingleton<Visitors>()
            .AddSingleton(services => new BudgetedTransport(
                services.GetRequiredService<IOptions<SocketTransportOptions>>(), services.GetRequiredService<ConnectionBudget>(),
                services.GetRequiredService<ConnectionLimits>(), services.GetRequiredService<Visitors>(),
                services.GetRequiredService<ILoggerFactory>()))
            .AddSingleton<IConnectionListenerFactory>(services =>
                new WatchedSockets(services.GetRequiredService<BudgetedTransport>(), services.GetRequiredService<EndProcess>()))
            .AddCertificates(settings)
            .AddSingleton<TlsTerms>(services => () => services.GetRequiredService<ServerIdentity>().Terms)
            .AddSingleton<TlsDoor>()
            .AddControl()
            .AddSingleton<Wall>()
            .AddSingleton<ClientBook>()
            .AddSingleton<Throttle>()
            .AddSingleton<AuditTrail>()
            .AddHostedService(services => services.GetRequiredService<AuditTrail>())
            .AddSingleton<AuditWriter>()
            .AddSingleton<RejectionLedger>()
            .AddHostedService(services => services.GetRequiredService<RejectionLedger>()) // After the audit, and so stopped before it.
            .AddSingleton<TokenKeeper>()
            .AddHostedService<TokenFileWatch>()
            .AddSingleton<ContractAnswer>()
            .AddSingleton<CredentialsEndpoint>()
            .AddPassthrough()
            .AddSingleton(provider => new KernelAndAgent(RedirectedConnection.OriginalDestination, SocketTable.HolderOf,
                provider.GetRequiredService<AgentForwarder>().ForwardAsync))
            .AddSingleton<Witness>()
            .AddSingleton<InterceptedEndpoint>()
            .AddSingleton<PassOn>(provider =>
                (http, client) => provider.GetRequiredService<AgentForwarder>().PassOnAsync(http, client, Wall.IsOfProxy))
            .AddSingleton<MetadataEndpoint>()
            .AddSingleton<StatusReport>()
            .AddSingleton<Readiness>()
            .AddSingleton<HealthEndpoint>()
            .AddSingleton<AnswerProbe>(services => services.GetRequiredService<HealthEndpoint>().AnswerAsync)
            .AddSingleton<ProbeEndpoint>()
            .AddSingleton<RouteFinder>()
            .AddSingleton<Gate>()
            .AddSingleton<Renewer>()
            .AddSingleton<RenewalOnDemand>()
            .AddSingleton<SessionRefresher>()
            .AddHostedService(services => services.GetRequiredService<SessionRefresher>())
            .AddHostedService(services => ActivatorUtilities.CreateInstance<ClientWatch>(services, settings.Health.NoClientAfter))
            .AddSingleton<IHostLifetime>(services => ActivatorUtilities.CreateInstance<DrainingLifetime>(services, settings.Drain))
            .AddSingleton<EndProcess>(FatalEnd.Now)
            .AddHostedService<StartMemory>()
            .AddHostedService<FaultWatch>()

            // By itself the host would stop as if it had been told to, and end with exit code 0.
            .Configure<HostOptions>(host => (host.ShutdownTimeout, host.BackgroundServiceExceptionBehavior) = (TimeSpan.FromSeconds(5),
                BackgroundServiceExceptionBehavior.Ignore));

        overrides?.Invoke(builder.Services);

        var app = builder.Build();
        app.UsePlaces();
        app.UseLastResort();
        app.RunGated();
        return app;
    }
}
