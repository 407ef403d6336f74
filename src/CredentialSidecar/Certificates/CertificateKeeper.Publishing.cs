using CredentialSidecar.Access;
using CredentialSidecar.Configuration;

namespace CredentialSidecar.Certificates;

internal sealed partial class CertificateKeeper
{
    /// <summary>Writes the authority's files where they are missing.</summary>
    /// <exception cref="ConfigurationMistakesException">At start, a directory cannot be written.</exception>
    private void Publish(bool atStart)
    {
        if (_authority is not { Certificate: var certificate })
        {
            return;
        }

        // A reload and the renewal may come at the same time.
        using var alone = _writing.EnterScope();

        var hasWritten = false;

        foreach (var directory in _directories)
        {
            try
            {
                hasWritten |= TrustFiles.Write(directory, certificate, settings.SystemBundle);
                _unwritten.Remove(directory);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                NotWritten(directory, SharedDirectory.Reason(e), atStart);
            }
        }

        if (hasWritten)
        {
            // The files leave several megabytes of garbage, which an idle process would keep.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    private void NotWritten(string directory, string reason, bool atStart)
    {
        if (atStart)
        {
            throw new ConfigurationMistakesException([new Mistake(nameOf("SharedDirectory"),
                $"is '{directory}', where '{TrustFiles.Authority}' cannot be written: {reason}. "
                + "Mount a volume that the sidecar can write, or set Listen:Tls:Certificate and Listen:Tls:Key")]);
        }

        // Log each problem once, not at each renewal.
        if (_unwritten.GetValueOrDefault(directory) != reason)
        {
            _unwritten[directory] = reason;
            Log.AuthorityNotWritten(logger, directory, reason);
        }
    }
}
