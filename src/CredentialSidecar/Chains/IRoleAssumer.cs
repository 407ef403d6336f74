namespace CredentialSidecar.Chains;

/// <summary>One <c>sts:AssumeRole</c>.</summary>
internal interface IRoleAssumer
{
    /// <summary>Returns a valid session of the hop's role, signed by <paramref name="signer"/>.</summary>
    /// <exception cref="CredentialException">STS cannot be reached, rejects the call, or its answer is invalid.</exception>
    Task<TemporaryCredentials> AssumeAsync(Hop hop, NodeLabel label, TemporaryCredentials signer, CancellationToken cancellationToken);
}
