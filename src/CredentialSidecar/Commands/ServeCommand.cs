using CredentialSidecar.Access;
using CredentialSidecar.Chains;
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

/// <summary><c>credential-sidecar</c>, or <c>credential-sidecar serve</c>: answers siblings until it is told to stop.</summary>
internal static partial class ServeCommand
{
    /// <param name="supervision">Null where no supervisor holds the ports.</param>
    public static async Task<int> RunAsync(string? file, Supervision? supervision, CancellationToken cancellationToken)
    {
        FatalEnd.Watch();

        try
        {
            var isSealed = ProcessMemory.Seal();
            var environment = ProcessEnvironment.Capture();
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

            _ = StsEndpoints.Resolve(settings, task);
            await using var app = SidecarApp.Create(settings, task, services =>
            {
                services.AddReload(new ConfigurationOrigin(environment, file, launcher)).AddHostedService<ConfigurationWatch>();
                HandOver(services, supervision);
            });
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServeCommand).FullName!);

            Warn(logger, settings, [.. warnings, .. shared.Warnings], isSealed);
            Warn(logger, app.Services.GetRequiredService<ConnectionLimits>());
            AddAddress(logger, settings.Options.Networking.LinkLocalAddress);
            await SourceCheck.RunAsync(app.Services.GetRequiredService<ISigner>(), settings, cancellationToken);
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

    // After all else that configures the sockets, so that whatever binds one is asked only where none was inherited.
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

    // Its own way to the agent would lead back here, and the guard would take its answers for a stranger's.
    private static void RefuseUid(SidecarSettings settings)
    {
        var (uid, interception) = (Libc.EffectiveUid(), settings.Options.Interception);
        List<Mistake> mistakes = [];

        if (settings.Intercepted.Any(user => user.Uid == uid))
        {
            mistakes.Add(new Mistake(settings.NameOf($"Interception:Uids:{uid}"), "is the uid the sidecar itself runs as; run it under another one, 9170 for example"));
        }

        if ((interception.Guard || interception.BlockImds) && uid != interception.SidecarUid)
        {
            var why = interception.Guard ? "Interception:Guard" : "Interception:BlockImds";
            mistakes.Add(new Mistake(settings.NameOf("Interception:SidecarUid"),
                $"is {interception.SidecarUid}, but the sidecar runs as uid {uid}, whom {why} shuts out; run it as uid {interception.SidecarUid}, or give {uid} here and to intercept up alike"));
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
            Log.FewConnections(logger, limits.Requests, MachineLimits.Memory() is { } bytes ? $"{bytes >> 20} MB" : "none", MachineLimits.RaiseOpenFiles());
        }
    }

    private static void Announce(WebApplication app, ILogger logger, SidecarSettings settings)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        var names = string.Join(", ", settings.Options.Destinations.Keys.Order(StringComparer.Ordinal));
        var open = ListenerTable.Of(settings).Zip(addresses).ToLookup(row => row.First.Kind, row => row.Second);
        var served = string.Join(", ", open[ListenerKind.Credentials]);
        Log.Started(logger, names, served, open[ListenerKind.Health].First(), settings.Source.ToString());

        if (settings.Intercepted.Count > 0)
        {
            Log.Intercepting(logger, string.Join(", ", settings.Intercepted.Select(user => $"uid {user.Uid} -> 127.0.0.1:{user.Port} -> {user.Destination}")));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Started, LogLevel.Information, "Started for {Destinations}: serving on {Addresses}; health on {Health}; source {Source}.")]
        public static partial void Started(ILogger logger, string destinations, string addresses, string health, string source);

        [LoggerMessage(EventIds.Intercepting, LogLevel.Information, "Accepting connections redirected from 169.254.170.2:80: {Uids}.")]
        public static partial void Intercepting(ILogger logger, string uids);

        [LoggerMessage(EventIds.AddressAdded, LogLevel.Information, "Put {Address} on loopback.")]
        public static partial void AddressAdded(ILogger logger, string address);

        [LoggerMessage(EventIds.ConfigurationWarning, LogLevel.Warning, "{Key} {Text}.")]
        public static partial void ConfigurationWarning(ILogger logger, string key, string text);

        [LoggerMessage(EventIds.ListeningBeyondLoopback, LogLevel.Warning, "Listening on {Address}, beyond loopback: whoever can reach it from a network of Access:Peers and has a token gets credentials, in clear.")]
        public static partial void ListeningBeyondLoopback(ILogger logger, string address);

        [LoggerMessage(EventIds.MemoryUnsealed, LogLevel.Warning, "The kernel does not let this process forbid dumps of its memory, which holds credentials.")]
        public static partial void MemoryUnsealed(ILogger logger);

        [LoggerMessage(EventIds.FewConnections, LogLevel.Warning,
            "At most {Connections} connections are held at once, because of the limits of this container: memory {Memory}, open files {Files}. Raise them if clients with many processes are turned away.")]
        public static partial void FewConnections(ILogger logger, int connections, string memory, long files);

        [LoggerMessage(EventIds.Stopped, LogLevel.Information, "Stopped. The process ends with exit code 0.")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(EventIds.TokenDistrusted, LogLevel.Warning,
            "Client {Client} has a new token in {Directory}, because the sidecar before this one did not end in an orderly way: another process may have listened on its port and collected the former token, "
            + "which is rejected now. Restart containers that were given AWS_CONTAINER_AUTHORIZATION_TOKEN, the variable, and that do not read AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE. Access:KeepTokens=true would keep tokens.")]
        public static partial void TokenDistrusted(ILogger logger, string client, string directory);

        [LoggerMessage(EventIds.AnonymousAllowed, LogLevel.Warning, "No authorization token is asked for: whoever can connect gets credentials.")]
        public static partial void AnonymousAllowed(ILogger logger);
    }
}
