namespace CredentialSidecar.Testing;

/// <summary>Finds pieces of secrets in what was said.</summary>
internal sealed class SecretScan
{
    /// <summary>Fewer would be found by accident; more would let a hint pass.</summary>
    private const int Piece = 8;

    private readonly HashSet<string> _pieces = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public SecretScan(params IEnumerable<string> secrets)
    {
        foreach (var secret in secrets)
        {
            for (var i = 0; i + Piece <= secret.Length; i++)
            {
                _pieces.Add(secret.Substring(i, Piece));
            }
        }

        _lookup = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether a piece is in it.</summary>
    public bool Finds(string text)
    {
        for (var i = 0; i + Piece <= text.Length; i++)
        {
            if (_lookup.Contains(text.AsSpan(i, Piece)))
            {
                return true;
            }
        }

        return false;
    }

    /// <exception cref="InvalidOperationException">A piece is in it.</exception>
    public void Check(string text)
    {
        if (Finds(text))
        {
            throw new InvalidOperationException($"{Piece} characters of a secret in: {text}");
        }
    }
}
