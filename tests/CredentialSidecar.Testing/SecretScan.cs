namespace CredentialSidecar.Testing;

/// <summary>Finds pieces of secrets in what was said.</summary>
internal sealed class SecretScan
{
    /// <summary>Fewer would be found by accident; more would let a hint pass.</summary>
    public const int Piece = 8;

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

    /// <summary>How many pieces it looks for; none finds nothing.</summary>
    public int Count => _pieces.Count;

    /// <exception cref="InvalidOperationException">A piece is in it; the text around it is shown without it.</exception>
    public void Check(string text)
    {
        for (var i = 0; i + Piece <= text.Length; i++)
        {
            if (_lookup.Contains(text.AsSpan(i, Piece)))
            {
                throw new InvalidOperationException($"{Piece} characters of a secret at {i} of: {text}");
            }
        }
    }
}
