using CredentialSidecar.Configuration;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Commands;

/// <summary>The message for a name that the configuration does not have.</summary>
internal static class UnknownName
{
    /// <param name="where">Who lacks the name, such as <c>The sidecar</c>.</param>
    /// <param name="kind"><c>destination</c> or <c>client</c>.</param>
    public static string Text(string where, string kind, string name, IEnumerable<string> names)
    {
        string[] known = [.. names.Order(StringComparer.Ordinal)];
        var question = Nearest.Question(name, known);
        var plural = $"{char.ToUpperInvariant(kind[0])}{kind[1..]}s";
        return $"{where} has no {kind} {Shown.Quoted(name)}{(question.Length > 0 ? question : ".")} {plural}: {PlainText.Names(known)}.";
    }
}
