using System.Collections.Immutable;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>Who may read, and how their tokens live.</summary>
/// <param name="Clients">Empty only with <paramref name="AllowAnonymous"/>.</param>
/// <param name="AllowAnonymous">Every client that can connect may read everything.</param>
/// <param name="AllowShortTokens">Tokens under 32 characters are accepted.</param>
/// <param name="KeepTokens">Generated tokens stay valid after an unclean end.</param>
/// <param name="TokenGrace">How long a token stays valid after a new one replaced it, up to a day.</param>
/// <param name="SharedDirectory">The directory that siblings mount; null if there is none.</param>
internal sealed record AccessSettings(
    ImmutableArray<ClientSettings> Clients, bool AllowAnonymous, bool AllowShortTokens, bool KeepTokens, TimeSpan TokenGrace,
    string? SharedDirectory);
