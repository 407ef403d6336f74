using CredentialSidecar.Configuration;

namespace CredentialSidecar.Commands;

/// <summary>Every mistake on a line of its own, under the key to edit.</summary>
internal static class MistakesPrinter
{
    /// <param name="error">Default: standard error.</param>
    public static int Print(IReadOnlyList<Mistake> mistakes, TextWriter? error = null)
    {
        error ??= Console.Error;
        error.WriteLine($"credential-sidecar: {(mistakes.Count == 1 ? "one mistake" : $"{mistakes.Count} mistakes")} in the configuration, nothing was started:");

        foreach (var mistake in mistakes)
        {
            error.WriteLine($"  {mistake}{(mistake.Text[^1] is '.' or '?' ? "" : ".")}");
        }

        return ExitCodes.Configuration;
    }
}
