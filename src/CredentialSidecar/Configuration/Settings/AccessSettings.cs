using System.Collections.Immutable;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>Who may read, and how their tokens live.</summary>
/// <param name="Clients">Empty only where <paramref name="AllowAnonymous"/> was chosen.</param>
/// <param name="AllowAnonymous">Everybody who can connect may read everything.</param>
/// <param name="AllowShortTokens">Tokens under 32 characters are accepted.</param>
/// <param name="KeepTokens">Generated tokens outlive an unclean end.</param>
/// <param name="TokenGrace">How long a token stays valid after a new one took its place, up to a day.</param>
/// <param name="SharedDirectory">What siblings mount; null where nothing is put anywhere.</param>
internal sealed record AccessSettings(
    ImmutableArray<ClientSettings> Clients, bool AllowAnonymous, bool AllowShortTokens, bool KeepTokens, TimeSpan TokenGrace, string? SharedDirectory);
