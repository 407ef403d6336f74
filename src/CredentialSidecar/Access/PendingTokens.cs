using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Access;

/// <summary>The tokens of a configuration that is not served yet. Disposing of them leaves every directory as it was.</summary>
/// <param name="Access">The settings with these tokens; a client without one keeps its current token.</param>
/// <param name="Replaced">The clients whose tokens change.</param>
/// <param name="Removed">The generated tokens of clients that the configuration no longer has.</param>
internal sealed record PendingTokens(
    AccessSettings Access, StagedFiles Staged, IReadOnlyList<ClientSettings> Replaced, IReadOnlyList<string> Removed) : IDisposable
{
    /// <returns>What could not be put in place, as clauses.</returns>
    public IReadOnlyList<string> Commit()
    {
        try
        {
            // A marker would vouch for the token after an unclean end.
            foreach (var client in Access.Clients.Where(client => client.Directory is not null))
            {
                EndMarker.Remove(client.Directory!);
            }

            Staged.Commit();
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [$"a token file cannot be replaced: {e.Message.TrimEnd('.')}"];
        }
    }

    public void Dispose() => Staged.Dispose();

    // The default would print tokens.
    public override string ToString() => $"{Access.Clients.Length} clients";
}
