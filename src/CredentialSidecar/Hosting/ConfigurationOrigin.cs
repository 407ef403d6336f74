using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Hosting;

/// <summary>Where the configuration comes from, so that it can be loaded again.</summary>
/// <param name="Environment">The environment at start, which a reload uses again.</param>
/// <param name="File">The file of the command line; null where none was given.</param>
/// <param name="Launcher">The launcher that a new client's directory gets.</param>
internal sealed record ConfigurationOrigin(ProcessEnvironment Environment, string? File, string Launcher)
{
    /// <summary>The warnings that the start logged.</summary>
    public IReadOnlyList<Mistake> Warnings { get; init; } = [];

    /// <summary>The configuration file; null where everything is in variables.</summary>
    public string? Path => File ?? Environment[ShortNames.ConfigFile];
}
