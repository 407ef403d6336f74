using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>Where the first credentials come from: the root of the tree of hops.</summary>
internal interface ICredentialSource
{
    /// <summary>Credentials that are still valid, read afresh or within the last minute.</summary>
    /// <exception cref="CredentialException">The source cannot be reached, refuses, or answers nonsense.</exception>
    Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken);

    /// <summary>STS did not accept <paramref name="used"/>: the next read must ask again.</summary>
    void Distrust(TemporaryCredentials used);
}

/// <summary>One <c>sts:AssumeRole</c>.</summary>
internal interface IRoleAssumer
{
    /// <summary>A session of the hop's role, signed by <paramref name="signer"/>; it is valid and of that very role.</summary>
    /// <exception cref="CredentialException">STS cannot be reached, refuses, or answers nonsense.</exception>
    Task<TemporaryCredentials> AssumeAsync(Hop hop, NodeLabel label, TemporaryCredentials signer, CancellationToken cancellationToken);
}
