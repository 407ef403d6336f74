using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Chains;

/// <summary>Session names, source identities and tag values that name the task or the pod.</summary>
internal static partial class Template
{
    // A dash and eight digits of a hash: enough to keep two long names apart.
    private const int HashLength = 8;

    public static IReadOnlyList<string> Placeholders { get; } =
        ["{task_id}", "{family}", "{cluster}", "{destination}", "{pod}", "{namespace}", "{service_account}", "{node}", "{hostname}"];

    /// <summary>Placeholders of the template that do not exist.</summary>
    public static IEnumerable<string> Unknown(string template) =>
        Braces().Matches(template).Select(match => match.Value).Except(Placeholders, StringComparer.Ordinal);

    /// <summary>Placeholders that the template has.</summary>
    public static IEnumerable<string> Used(string template) =>
        Placeholders.Where(placeholder => template.Contains(placeholder, StringComparison.Ordinal));

    /// <summary>How many placeholders the template has, counting repetitions.</summary>
    public static int Count(string template) => Known().Count(template);

    /// <summary>The text outside the placeholders.</summary>
    public static string Around(string template) => Known().Replace(template, "");

    /// <summary>Fills a template. Text outside placeholders stays unchanged; placeholder values are shortened and cleaned.</summary>
    /// <remarks>Removes placeholders without a value, and the superfluous dash next to them.</remarks>
    /// <param name="longest">The limit of STS.</param>
    /// <param name="foreign">Characters that STS does not accept there; they become dashes.</param>
    public static string Fill(string template, Func<string, string?> valueOf, int longest, Regex foreign)
    {
        var parts = Known().Split(template);
        var names = Known().Matches(template).Select(match => match.Value).ToArray();
        var values = names.Select(name => valueOf(name) ?? "").ToArray();
        var lengths = Lengths(values, longest - parts.Sum(part => part.Length));
        var filled = new StringBuilder(parts[0]);

        for (var i = 0; i < names.Length; i++)
        {
            var value = Fitted(values[i], lengths[i], foreign);
            var next = parts[i + 1];

            if (value.Length == 0 && next.StartsWith('-') && (filled.Length == 0 || filled[^1] == '-'))
            {
                next = next[1..];
            }
            else if (value.Length == 0 && next.Length == 0 && i == names.Length - 1 && filled.Length > 0 && filled[^1] == '-')
            {
                filled.Length--;
            }

            filled.Append(value).Append(next);
        }

        return filled.ToString();
    }

    // Cut the longest value first, down to a useful length, so that the others, above all ids, stay complete.
    private static int[] Lengths(string[] values, int room)
    {
        var lengths = values.Select(value => value.Length).ToArray();
        var over = lengths.Sum() - Math.Max(room, 0);

        foreach (var least in (int[])[HashLength + 4, 0])
        {
            foreach (var i in Enumerable.Range(0, lengths.Length).OrderByDescending(i => values[i].Length))
            {
                var cut = Math.Clamp(over, 0, Math.Max(lengths[i] - least, 0));
                (lengths[i], over) = (lengths[i] - cut, over - cut);
            }
        }

        return lengths;
    }

    private static string Fitted(string value, int most, Regex foreign)
    {
        if (value.Length <= most)
        {
            return foreign.Replace(value, "-");
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));

        // No half of a surrogate pair remains, since STS does not accept those characters anywhere.
        return most > HashLength + 1
            ? $"{foreign.Replace(value[..(most - HashLength - 1)], "-")}-{hash[..HashLength]}"
            : hash[..Math.Min(most, hash.Length)];
    }

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\{(?:task_id|family|cluster|destination|pod|namespace|service_account|node|hostname)\}")]
    private static partial Regex Known();
}
