using CredentialSidecar.Configuration;

namespace CredentialSidecar.Commands;

/// <summary>Prints each mistake on a separate line, with the key to edit.</summary>
internal static class MistakesPrinter
{
    /// <param name="error">Default: standard error.</param>
    public static int Print(IReadOnlyList<Mistake> mistakes, TextWriter? error = null)
    {
        error ??= Console.Error;
        error.WriteLine(
            $"credential-sidecar: {(mistakes.Count == 1 ? "one mistake" : $"{mistakes.Count} mistakes")} in the configuration; "
            + "the sidecar did not start:");

        foreach (var mistake in mistakes)
        {
            error.WriteLine($"  {mistake}{(mistake.Text[^1] is '.' or '?' ? "" : ".")}");
        }

        return ExitCodes.Configuration;
    }
}
