using System.Collections.Frozen;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>Where a client's token comes from.</summary>
internal enum TokenOrigin
{
    Value,

    /// <summary>A file of the operator's, read again when it changes.</summary>
    File,

    /// <summary>Made by the sidecar, and put into the client's directory.</summary>
    Generated,
}

/// <summary>A client after every check.</summary>
/// <param name="Path">The key of its section.</param>
/// <param name="Token">Null where it is to be generated, and has not been yet.</param>
/// <param name="Directory">Where its containers find the token and the launcher; null where they have them by other means.</param>
/// <param name="Destinations">Null means every one.</param>
internal sealed record ClientSettings(
    string Name, string Path, TokenOrigin Origin, string? Token, string? TokenFile, string? Directory, FrozenSet<string>? Destinations)
{
    /// <summary>The client of <c>SIDECAR_TOKEN</c>, which may read everything.</summary>
    public const string Default = "default";

    /// <summary>The token that was found in the directory after an unclean end, and is not accepted any more; null where there was none.</summary>
    public string? Distrusted { get; init; }

    // The default would print the token.
    public override string ToString() => Name;
}
