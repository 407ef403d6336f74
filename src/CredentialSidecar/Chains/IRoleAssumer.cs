namespace CredentialSidecar.Chains;

/// <summary>One <c>sts:AssumeRole</c>.</summary>
internal interface IRoleAssumer
{
    /// <summary>A session of the hop's role, signed by <paramref name="signer"/>; it is valid and of that very role.</summary>
    /// <exception cref="CredentialException">STS cannot be reached, refuses, or answers nonsense.</exception>
    Task<TemporaryCredentials> AssumeAsync(Hop hop, NodeLabel label, TemporaryCredentials signer, CancellationToken cancellationToken);
}
