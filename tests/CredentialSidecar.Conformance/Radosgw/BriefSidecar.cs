using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CredentialSidecar.Conformance.Radosgw;

/// <summary>The whole sidecar with all that is real, but for one thing that no setting allows: sessions of seconds.</summary>
internal sealed class BriefSidecar : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RawServer _agent;

    private BriefSidecar(WebApplication app, RawServer agent, CollectedLogs logs) => (_app, _agent, Logs) = (app, agent, logs);

    public CollectedLogs Logs { get; }

    /// <summary>Of its last hop.</summary>
    public int Renewals => Logs.Lines.Count(line => line.Event.Id == 300);

    public Uri Credentials
    {
        get
        {
            var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
            return new Uri(new Uri(addresses.First()), "/v1/credentials/default");
        }
    }

    /// <summary>Over two hops into the third account.</summary>
    /// <param name="lifetime">What each hop asks STS for.</param>
    /// <param name="renewEvery">How old a session gets.</param>
    public static async Task<BriefSidecar> StartAsync(Cluster cluster, Uri sts, TimeSpan lifetime, TimeSpan renewEvery)
    {
        var agent = await Accounts.AgentAsync(cluster);
        var settings = Settings.Load(
        [
            .. Settings.NoReports,
            ("SIDECAR_ROLE_ARN", $"{Accounts.Hub},{Accounts.Writer}"),
            ("SIDECAR_SOURCE_ENDPOINT", agent.Uri.GetLeftPart(UriPartial.Authority)),
            ("AWS_ENDPOINT_URL_STS", sts.AbsoluteUri),
        ]);
        var chains = settings.Chains(TaskIdentity.Unknown)
            .Select(chain => chain with { Hops = [.. chain.Hops.Select(hop => hop with { Duration = lifetime })] })
            .ToArray();
        var refresh = RefreshSettings.Default with { RenewAtFraction = renewEvery / lifetime, JitterFraction = 0 };
        var logs = new CollectedLogs();
        var app = SidecarApp.Create(settings, TaskIdentity.Unknown, services => services
            .AddSingleton<IReadOnlyList<RoleChain>>(chains)
            .AddSingleton(new RefreshSchedule(refresh, () => 0) { ShortestWait = TimeSpan.FromSeconds(1) })
            .AddSingleton<IHostLifetime, SidecarFixture.NoSignals>()
            .AddLogging(logging => logging.ClearProviders().AddProvider(logs)));
        await app.StartAsync();
        await SidecarFixture.UntilTriedAsync(app.Services.GetRequiredService<CurrentTree>()());
        return new BriefSidecar(app, agent, logs);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _agent.DisposeAsync();
    }
}
