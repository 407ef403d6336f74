using CredentialSidecar.Access;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Hosting;
using CredentialSidecar.Networking;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar</c>, or <c>credential-sidecar serve</c>: serves credentials until a stop signal.</summary>
internal static partial class ServeCommand
{
    /// <param name="supervision">Null if no supervisor holds the ports.</param>
    public static async Task<int> RunAsync(string? file, Supervision? supervision, CancellationToken cancellationToken)
    {
        FatalEnd.Watch();

        try
        {
            var (isSealed, environment) = (ProcessMemory.Seal(), ProcessEnvironment.Capture());
            var (loaded, warnings) = SettingsLoader.Load(environment, file);
            ProcessEnvironment.Forget(environment.All.Select(variable => variable.Key));
            RefuseUid(loaded);
            var shared = new Findings();
            var launcher = SharedDirectory.LauncherFor(AppContext.BaseDirectory);
            var settings = loaded with
            {
                Access = SharedDirectory.Install(loaded.Access, loaded.NameOf, launcher, supervision?.IsRestart == true, shared),
            };

            if (await TaskLookup.ReadAsync(settings, cancellationToken) is not { } task)
            {
                return ExitCodes.Ok;
            }

            _ = StsEndpoints.Resolve(settings.Sts, settings.Regions(task));
            await using var app = SidecarApp.Create(settings, task, services =>
            {
                services.AddReload(new ConfigurationOrigin(environment, file, launcher) { Warnings = warnings })
                    .AddHostedService<ConfigurationWatch>();
                HandOver(services, supervision);
            });
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServeCommand).FullName!);

            Warn(logger, settings, [.. warnings, .. shared.Warnings], isSealed);
            Warn(logger, app.Services.GetRequiredService<ConnectionLimits>());
            AddAddress(logger, settings.LinkLocalAddress);
            await SourceCheck.RunAsync(app.Services.GetRequiredService<Chains.ISigner>(), settings, cancellationToken);
            await ConfiguredAddresses.WaitAsync(settings, logger, TimeProvider.System, cancellationToken);
            await PortUnavailable.StartAsync(app, settings, cancellationToken);
            supervision?.DropUnused();
            Announce(app, logger, settings);
            await app.WaitForShutdownAsync(cancellationToken);
            app.Services.GetRequiredService<TokenKeeper>().MarkEnded();
            Log.Stopped(logger);
            return ExitCodes.Ok;
        }
        catch (ConfigurationMistakesException e)
        {
            return MistakesPrinter.Print(e.Mistakes);
        }
        catch (Exception e) when (e is InterceptionException or AddressMissingException or PortUnavailableException)
        {
            await Console.Error.WriteLineAsync($"credential-sidecar: {e.Message}");
            return ExitCodes.Unavailable;
        }
    }

    // After all other socket settings, so that they apply only to sockets that were not inherited.
    private static void HandOver(IServiceCollection services, Supervision? supervision)
    {
        if (supervision is not null)
        {
            services.PostConfigure<SocketTransportOptions>(sockets =>
            {
                var bind = sockets.CreateBoundListenSocket;
                sockets.CreateBoundListenSocket = endpoint => supervision.Open(endpoint, bind);
            });
        }
    }

    // The sidecar's own calls to the agent would be redirected to the sidecar, and the guard would block its answers.
    private static void RefuseUid(SidecarSettings settings)
    {
        var (uid, interception) = (Libc.EffectiveUid(), settings.Interception);
        List<Mistake> mistakes = [];

        if (settings.Intercepted.Any(user => user.Uid == uid))
        {
            mistakes.Add(new Mistake(settings.NameOf($"Interception:Uids:{uid}"),
                "is the uid of the sidecar itself; run the sidecar as another uid, for example 9170"));
        }

        if ((interception.Guard || interception.BlockImds) && uid != interception.SidecarUid)
        {
            var why = interception.Guard ? "Interception:Guard" : "Interception:BlockImds";
            mistakes.Add(new Mistake(settings.NameOf("Interception:SidecarUid"),
                $"is {interception.SidecarUid}, but the sidecar runs as uid {uid}, which {why} blocks; "
                + $"run the sidecar as uid {interception.SidecarUid}, or set {uid} here and for intercept up"));
        }

        if (mistakes.Count > 0)
        {
            throw new ConfigurationMistakesException(mistakes);
        }
    }

    private static void AddAddress(ILogger logger, string address)
    {
        if (address.Length > 0 && LinkLocalAddress.Add(address))
        {
            Log.AddressAdded(logger, address);
        }
    }

    private static void Warn(ILogger logger, SidecarSettings settings, IReadOnlyList<Mistake> warnings, bool isSealed)
    {
        foreach (var warning in warnings)
        {
            Log.ConfigurationWarning(logger, warning.Key, warning.Text);
        }

        if (!isSealed)
        {
            Log.MemoryUnsealed(logger);
        }

        foreach (var client in settings.Clients.Where(client => client.Distrusted is not null))
        {
            Log.TokenDistrusted(logger, client.Name, client.Directory!);
        }

        if (settings.Clients.Count == 0)
        {
            Log.AnonymousAllowed(logger);
        }

        foreach (var address in settings.Listen.Addresses.Where(address => !System.Net.IPAddress.IsLoopback(address)))
        {
            Log.ListeningBeyondLoopback(logger, $"{address}");
        }
    }

    private static void Warn(ILogger logger, ConnectionLimits limits)
    {
        if (limits.AreLow)
        {
            Log.FewConnections(logger, limits.Requests, MachineLimits.Memory() is { } bytes ? $"{bytes >> 20} MB" : "none",
                MachineLimits.RaiseOpenFiles());
        }
    }

    private static void Announce(WebApplication app, ILogger logger, SidecarSettings settings)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        var names = string.Join(", ", settings.Destinations.Select(destination => destination.Name));
        var open = ListenerTable.Of(settings).Zip(addresses).ToLookup(row => row.First.Kind, row => row.Second);
        var served = string.Join(", ",
        [
            .. open[ListenerKind.Credentials], .. settings.Listen.Sockets.Select(socket => socket.Path), .. open[ListenerKind.Tls],
        ]);
        Log.Started(logger, names, served, open[ListenerKind.Health].First(), settings.Source.ToString());

        if (settings.Intercepted.Count > 0)
        {
            Log.Intercepting(logger,
                string.Join(", ", settings.Intercepted.Select(user => $"uid {user.Uid} -> 127.0.0.1:{user.Port} -> {user.Destination}")));
        }
    }
}
