using CredentialSidecar.Configuration;

namespace CredentialSidecar.Commands;

/// <summary>Prints each mistake on a separate line, with the key to edit.</summary>
internal static class MistakesPrinter
{
    /// <param name="error">Default: standard error.</param>
    /// <param name="effect">What did not happen because of them.</param>
    public static int Print(IReadOnlyList<Mistake> mistakes, TextWriter? error = null, string effect = "the sidecar did not start")
    {
        error ??= Console.Error;
        error.WriteLine(
            $"credential-sidecar: {(mistakes.Count == 1 ? "one mistake" : $"{mistakes.Count} mistakes")} in the configuration; "
            + $"{effect}:");

        foreach (var mistake in mistakes)
        {
            error.WriteLine($"  {mistake}{(mistake.Text[^1] is '.' or '?' ? "" : ".")}");
        }

        return ExitCodes.Configuration;
    }
}
