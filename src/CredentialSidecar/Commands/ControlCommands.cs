using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Health;
using CredentialSidecar.Networking;
using CredentialSidecar.Refreshing;
using Microsoft.AspNetCore.Connections;

namespace CredentialSidecar.Commands;

/// <summary>The commands for the running sidecar: their registration in the sidecar, and their calls from the command line.</summary>
internal static class ControlCommands
{
    /// <summary>Registers the commands in the sidecar. Each command is one <see cref="ControlCommand"/>.</summary>
    public static IServiceCollection AddControl(this IServiceCollection services) => services
        .AddSingleton<IConnectionListenerFactory, ControlTransport>()
        .AddSingleton<PeerUid>(UnixPeer.UidOf)
        .AddSingleton<ControlPeers>()
        .AddSingleton<ControlEndpoint>()
        .AddSingleton(provider => RotateCommand.Of(
            provider.GetRequiredService<TokenKeeper>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<SidecarSettings>()))
        .AddSingleton(provider => StatusCommand.Of(provider.GetRequiredService<StatusReport>()))
        .AddSingleton(provider => HealthcheckCommand.Of(provider.GetRequiredService<Readiness>()))
        .AddSingleton(provider => RenewCommand.Of(
            provider.GetRequiredService<RenewalOnDemand>(),
            provider.GetRequiredService<CurrentTree>(),
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>Sends a command from the command line.</summary>
    /// <param name="file">A JSON file with the configuration, named on the command line.</param>
    /// <param name="limit">How long the sidecar may take to answer.</param>
    public static async Task<int> RunAsync(
        ProcessEnvironment environment, string? file, string command, string? argument,
        TextWriter output, TextWriter error, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var (settings, mistakes) = Find(environment, file);

        if (mistakes.Length > 0)
        {
            // The file may be the very one that the sidecar refused to reload, and the variables alone name the socket.
            var variables = environment.All.Where(variable => variable.Key != ShortNames.ConfigFile);
            var (bare, others) = Find(new ProcessEnvironment(variables), null);

            if (others.Length > 0 || bare.Socket is null)
            {
                return MistakesPrinter.Print(mistakes, error, "this command does not know the control socket");
            }

            settings = bare;
        }

        try
        {
            var client = new ControlClient(settings, UnixPeer.UidOf, limit ?? ControlClient.Limit);
            var reply = await client.AskAsync(command, argument, cancellationToken);
            await (reply.ExitCode == ExitCodes.Ok ? output : error).WriteAsync(reply.Text);
            return reply.ExitCode;
        }
        catch (ControlException e)
        {
            await error.WriteLineAsync($"credential-sidecar: {e.Message}");
            return ExitCodes.Unavailable;
        }
    }

    // Only the socket is needed, so other mistakes do not matter here.
    private static (ControlSettings Settings, Mistake[] Mistakes) Find(ProcessEnvironment environment, string? file)
    {
        var findings = new Findings();
        var layers = new ConfigurationLayers(environment, file, findings);
        var settings = ControlRules.Find(new OptionsReader(layers, findings).Read(), findings);
        return (settings, findings.SourceUnread ? [.. findings.Mistakes] : [.. findings.MistakesOf("Control", "SharedDirectory")]);
    }
}
