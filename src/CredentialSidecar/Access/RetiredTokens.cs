namespace CredentialSidecar.Access;

/// <summary>The generated tokens of clients that a reload removed. A client that comes back under its name finds its token valid.</summary>
internal sealed class RetiredTokens
{
    // Enough for every client that an edit removes by mistake.
    private const int Most = 1000;

    private readonly List<(string Client, string Token)> _all = [];

    public bool IsOf(string client, string token) => _all.Contains((client, token));

    /// <summary>Whether a removed client had this token.</summary>
    public bool Holds(string token) => _all.Exists(one => one.Token == token);

    /// <param name="present">The clients of the configuration, whose former tokens are not needed any more.</param>
    public void Follow(IEnumerable<(string Client, string Token)> removed, IEnumerable<string> present)
    {
        _all.RemoveAll(one => present.Contains(one.Client));
        _all.AddRange(removed);
        _all.RemoveRange(0, Math.Max(0, _all.Count - Most));
    }
}
