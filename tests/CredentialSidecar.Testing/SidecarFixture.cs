using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Hosting;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CredentialSidecar.Testing;

/// <summary>The real app on real loopback sockets; a test may replace the clock and what lies beyond STS.</summary>
internal sealed class SidecarFixture : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string[] _tokens;
    private readonly IReadOnlyList<InterceptedUser> _intercepted;
    private readonly bool _servesTls;

    private SidecarFixture(WebApplication app, CollectedLogs logs, VirtualClock? clock, ScriptedSts? sts, SidecarSettings settings)
    {
        (_app, Logs, Clock, Sts) = (app, logs, clock!, sts!);
        _tokens = [.. settings.Clients.Select(client => client.Token).OfType<string>()];
        var token = settings.Token ?? _tokens.FirstOrDefault();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        var health = addresses[ListenerTable.Of(settings).Index().Last(row => row.Item.IsProbed).Index];
        (Endpoint, HealthEndpoint, _intercepted) = (new Uri(addresses[0]), new Uri(health), settings.Intercepted);

        // The time of its certificate.
        _servesTls = settings.Listen.Tls is not null;
        TlsEndpoint = addresses.Where(address => address.StartsWith("https:", StringComparison.Ordinal))
            .Select(address => new Uri(address)).FirstOrDefault()!;
        Client = new HttpClient { BaseAddress = Endpoint };
        Health = new HttpClient { BaseAddress = HealthEndpoint };

        if (token is not null)
        {
            Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        }
    }

    /// <summary>Virtual time; null in a fixture that runs on the real one.</summary>
    public VirtualClock Clock { get; }

    public ScriptedSts Sts { get; }

    public CollectedLogs Logs { get; }

    public Uri Endpoint { get; }

    public Uri HealthEndpoint { get; }

    /// <summary>Null in a fixture that does not serve TLS.</summary>
    public Uri TlsEndpoint { get; }

    /// <summary>Where redirected connections of uid 1000 arrive, in a fixture that has interception.</summary>
    public Uri InterceptedEndpoint => InterceptedEndpointOf(1000);

    /// <summary>Where those of that uid arrive.</summary>
    public Uri InterceptedEndpointOf(uint uid) => new($"http://127.0.0.1:{_intercepted.Single(user => user.Uid == uid).Port}");

    /// <summary>A sibling with the right token.</summary>
    public HttpClient Client { get; }

    public HttpClient Health { get; }

    public SessionTree Tree => _app.Services.GetRequiredService<CurrentTree>()();

    public IServiceProvider Services => _app.Services;

    /// <summary>On virtual time, with a scripted STS.</summary>
    /// <param name="script">Called before the first attempt.</param>
    public static async Task<SidecarFixture> StartAsync(
        Action<ScriptedSts>? script = null, params IEnumerable<(string Name, string? Value)> changes)
    {
        var clock = new VirtualClock();
        var sts = new ScriptedSts(clock);
        script?.Invoke(sts);
        return await StartAsync(Settings.Load(changes), clock, sts);
    }

    /// <summary>On virtual time, with so many places for connections.</summary>
    public static async Task<SidecarFixture> StartCrowdedAsync(
        ConnectionLimits limits, params IEnumerable<(string Name, string? Value)> changes)
    {
        var clock = new VirtualClock();
        var sidecar = await StartAsync(Settings.Load(changes), clock, new ScriptedSts(clock), services => services.AddSingleton(limits));
        await sidecar.SettleAsync();
        return sidecar;
    }

    /// <summary>On virtual time, from a configuration file that <see cref="ReloadAsync"/> reads again.</summary>
    public static async Task<SidecarFixture> StartReloadableAsync(string file, params IEnumerable<(string Name, string? Value)> changes)
    {
        var clock = new VirtualClock();
        var environment = Settings.Environment([.. Settings.NoReports, ("SIDECAR_CONFIG_FILE", file), .. changes]);
        var sidecar = await StartAsync(SettingsLoader.Load(environment).Settings, clock, new ScriptedSts(clock), services =>
            services.AddReload(new ConfigurationOrigin(environment, null, "/nowhere")));
        await sidecar.SettleAsync();
        return sidecar;
    }

    /// <summary>As <c>credential-sidecar reload</c> does it.</summary>
    public Task<ReloadResult> ReloadAsync() => _app.Services.GetRequiredService<ConfigurationReload>().RunAsync(CancellationToken.None);

    /// <summary>
    /// With an intercepted listener for uid 1000 and 1001, and a kernel that says of every connection what the test wants.
    /// </summary>
    public static async Task<SidecarFixture> StartInterceptedAsync(ScriptedKernel kernel,
        params IEnumerable<(string Name, string? Value)> changes)
    {
        var clock = new VirtualClock();
        var settings = Settings.Load(
        [
            ("SIDECAR_Interception__Uids__1000", $"reports:{FreePort.Reserve()}"),
            ("SIDECAR_Interception__Uids__1001", $"reader:{FreePort.Reserve()}"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ScriptedKernel.OwnPath),
            .. Settings.Destination("reader", "arn:aws:iam::555566667777:role/reader"),
            .. changes,
        ]);
        var sidecar = await StartAsync(settings, clock, new ScriptedSts(clock), services => services.AddSingleton(provider =>
            new KernelAndAgent(
                _ => kernel.Meant, (_, _) => kernel.Uid, provider.GetRequiredService<Passthrough.AgentForwarder>().ForwardAsync)));
        await sidecar.SettleAsync();
        return sidecar;
    }

    /// <summary>On virtual time, with a kernel that says of each connection whose it is.</summary>
    public static async Task<SidecarFixture> StartWithKernelAsync(FindPeer kernel, params IEnumerable<(string Name, string? Value)> changes)
    {
        var clock = new VirtualClock();
        var sidecar = await StartAsync(Settings.Load(changes), clock, new ScriptedSts(clock), services => services.AddSingleton(kernel));
        await sidecar.SettleAsync();
        return sidecar;
    }

    /// <summary>On real time, with the real source and STS clients.</summary>
    public static async Task<SidecarFixture> StartRealAsync(params IEnumerable<(string Name, string? Value)> changes)
    {
        var sidecar = await StartAsync(Settings.Load(changes), null, null);
        await UntilTriedAsync(sidecar.Tree);
        return sidecar;
    }

    /// <summary>Waits until each destination has a session or a failure: on a busy machine that takes longer than a GET waits.</summary>
    public static async Task UntilTriedAsync(SessionTree tree)
    {
        foreach (var node in tree.Destinations.Where(d => !d.Lazy).Select(d => d.Node))
        {
            for (var outcome = node.Outcome; node.Latest is null && node.LastFailure is null; outcome = node.Outcome)
            {
                await outcome.WaitAsync(TimeSpan.FromSeconds(60));
            }
        }
    }

    /// <summary>Waits until every destination's loop waits for time.</summary>
    public Task SettleAsync() => Clock.UntilWaitingAsync(Loops + (_app.Services.GetService<ConfigurationReload>()?.Erasing ?? 0));

    /// <summary>Moves on, letting the loops do what falls due.</summary>
    public Task AdvanceAsync(TimeSpan by) => Clock.AdvanceAsync(by, Loops);

    private int Loops => Tree.Destinations.Count(d => !d.Lazy) + (_servesTls ? 1 : 0);

    /// <summary>As a signal does it, without the drain.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Health.Dispose();
        await _app.DisposeAsync();

        // In every test that starts a sidecar, at Trace: no line holds a piece of what is secret.
        var scan = new SecretScan(Sts is null ? _tokens : _tokens.Concat(Sts.Secrets));

        foreach (var line in Logs.Lines)
        {
            scan.Check($"{line.Text} {line.Exception}");
        }
    }

    private static async Task<SidecarFixture> StartAsync(
        SidecarSettings settings, VirtualClock? clock, ScriptedSts? sts, Action<IServiceCollection>? more = null)
    {
        settings = Settings.Install(settings);
        var logs = new CollectedLogs();
        var app = SidecarApp.Create(settings, TaskIdentity.Unknown, services =>
        {
            // The test process keeps its own signals.
            services.AddSingleton<IHostLifetime, NoSignals>();
            services.AddLogging(logging => logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace));

            more?.Invoke(services);

            if (clock is not null && sts is not null)
            {
                services.AddSingleton<TimeProvider>(clock).AddSingleton<ISigner>(sts).AddSingleton<IRoleAssumer>(sts);
            }
        });
        await app.StartAsync();
        return new SidecarFixture(app, logs, clock, sts, settings);
    }

    internal sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
