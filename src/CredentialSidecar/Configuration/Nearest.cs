namespace CredentialSidecar.Configuration;

/// <summary>Finds names similar to a mistyped one. Only letters and digits count, so case and separators do not matter.</summary>
internal static class Nearest
{
    private const int Most = 3;

    /// <summary>One name is a part of the other.</summary>
    public const int Partial = 4;

    /// <summary>They have nothing in common.</summary>
    public const int Never = 100;

    /// <returns>The most similar candidates, best first; empty if none is similar.</returns>
    public static IReadOnlyList<string> To(string written, IEnumerable<string> candidates)
    {
        var rated = candidates.Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Distance: Between(written, name)))
            .Where(rated => rated.Distance < Never)
            .ToArray();
        var best = rated.Select(rated => rated.Distance).DefaultIfEmpty(0).Min();
        return [.. rated.Where(rated => rated.Distance <= best + 1 && (best > 0 || rated.Distance == 0))
            .OrderBy(rated => rated.Distance)
            .Select(rated => rated.Name)
            .Take(Most)];
    }

    /// <summary>The question at the end of a message; empty if nothing is similar.</summary>
    public static string Question(string written, IEnumerable<string> candidates) => Question(To(written, candidates));

    public static string Question(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "",
        1 => $"; did you mean {names[0]}?",
        _ => $"; did you mean {string.Join(", ", names.SkipLast(1))} or {names[^1]}?",
    };

    /// <summary>
    /// How many letters must be changed, added, removed or swapped; a large number where the names have little in common.
    /// </summary>
    public static int Between(string written, string name)
    {
        var (a, b) = (Letters(written), Letters(name));
        var distance = Edits(a, b);
        var allowed = Math.Min(a.Length, b.Length) switch { < 3 => 0, < 6 => 1, < 9 => 2, _ => 3 };

        return distance <= allowed ? distance
            : a.Length >= 4
                && b.Length >= 4
                && (b.StartsWith(a, StringComparison.Ordinal)
                    || b.EndsWith(a, StringComparison.Ordinal)
                    || (a.StartsWith(b, StringComparison.Ordinal) && b.Length * 2 > a.Length)) ? Partial
            : Never;
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit).Select(char.ToUpperInvariant));

    // The optimal string alignment distance: a swap of two neighbours is one mistake.
    private static int Edits(string a, string b)
    {
        if (a.Length > 100)
        {
            return Never;
        }

        var rows = new int[a.Length + 1, b.Length + 1];

        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));

                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
