using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace CredentialSidecar.Access;

/// <summary>A token of a client, as its hash.</summary>
internal sealed record TokenEntry(string Client, byte[] Hash)
{
    /// <summary>When a replaced token expires; null for the current token.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    public StrongBox<int> Warned { get; } = new();
}

/// <summary>Where the tokens in force are kept: beside what their clients may read, so that a reload replaces both together.</summary>
internal interface ITokenStore
{
    ImmutableArray<TokenEntry> Tokens { get; }

    /// <summary>Replaces them; no other change comes between the read and the write.</summary>
    void Update(Func<ImmutableArray<TokenEntry>, ImmutableArray<TokenEntry>> next);
}
