using System.Collections.Immutable;
using CredentialSidecar.Access;

namespace CredentialSidecar.Testing;

/// <summary>Tokens without a snapshot around them.</summary>
internal sealed class TokenStore : ITokenStore
{
    public ImmutableArray<TokenEntry> Tokens { get; private set; } = [];

    public void Update(Func<ImmutableArray<TokenEntry>, ImmutableArray<TokenEntry>> next) => Tokens = next(Tokens);
}
