namespace CredentialSidecar.Chains;

/// <summary>Provides the credentials that sign a hop's call: the source, or the previous hop.</summary>
internal interface ISigner
{
    /// <summary>Credentials that are valid now.</summary>
    /// <exception cref="CredentialException">The source or a previous hop failed.</exception>
    Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Reports that STS did not accept <paramref name="used"/>, so the next read should return newer ones.</summary>
    /// <param name="since">When the attempt that used them began. A signer that needs an STS call for new credentials keeps younger
    /// ones.</param>
    void Distrust(TemporaryCredentials used, DateTimeOffset since);
}
