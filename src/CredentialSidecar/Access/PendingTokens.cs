using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Access;

/// <summary>The tokens of a configuration that is not served yet. Disposing of them leaves every token file as it was.</summary>
/// <param name="Access">The settings with these tokens; a client without one keeps its current token.</param>
/// <param name="Staged">The files of each client whose directory lacks its token.</param>
/// <param name="Replaced">The clients whose tokens change.</param>
/// <param name="Removed">The generated tokens of clients that the configuration no longer has.</param>
internal sealed record PendingTokens(
    AccessSettings Access, IReadOnlyList<(ClientSettings Client, StagedFiles Files)> Staged, IReadOnlyList<ClientSettings> Replaced,
    IReadOnlyList<(string Client, string Token)> Removed) : IDisposable
{
    /// <summary>Puts the files of each client in place. One that fails does not stop the others.</summary>
    /// <returns>The clients whose files are not in place, and why.</returns>
    public IReadOnlyList<(ClientSettings Client, string Problem)> Commit()
    {
        List<(ClientSettings, string)> failed = [];

        foreach (var (client, files) in Staged)
        {
            try
            {
                files.Commit();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failed.Add((client, SharedDirectory.Reason(e)));
            }
        }

        return failed;
    }

    public void Dispose()
    {
        foreach (var (_, files) in Staged)
        {
            files.Dispose();
        }
    }

    // The default would print tokens.
    public override string ToString() => $"{Access.Clients.Length} clients";
}
