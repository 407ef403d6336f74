namespace CredentialSidecar.Chains;

/// <summary>What gives a hop the credentials to sign with: the source, or the hop before it.</summary>
internal interface ISigner
{
    /// <summary>Credentials that are valid now.</summary>
    /// <exception cref="CredentialException">There are none: the source or a hop before failed.</exception>
    Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken);

    /// <summary>STS did not accept <paramref name="used"/>, so the next read should give newer ones.</summary>
    /// <param name="since">When the attempt that used them began. A signer that needs an STS call for new ones keeps what is younger.</param>
    void Distrust(TemporaryCredentials used, DateTimeOffset since);
}
