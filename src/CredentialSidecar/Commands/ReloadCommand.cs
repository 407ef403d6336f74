using CredentialSidecar.Endpoint;
using CredentialSidecar.Hosting;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar reload</c>: reloads the configuration file, and prints what changed or what is wrong.</summary>
internal static class ReloadCommand
{
    public const string Name = "reload";

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static ControlCommand Of(ConfigurationReload reload) => new(Name, async (_, cancellation) =>
    {
        var result = await reload.RunAsync(cancellation);
        var code = result.Mistakes.Count > 0 ? ExitCodes.Configuration : result.Problems.Count > 0 ? ExitCodes.Unhealthy : ExitCodes.Ok;
        return new ControlReply(code, result.Text);
    });
}
