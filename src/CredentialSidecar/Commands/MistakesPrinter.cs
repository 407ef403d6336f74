using CredentialSidecar.Configuration;

namespace CredentialSidecar.Commands;

/// <summary>Every mistake on a line of its own, under the key to edit.</summary>
internal static class MistakesPrinter
{
    public static int Print(IReadOnlyList<Mistake> mistakes)
    {
        Console.Error.WriteLine($"credential-sidecar: {(mistakes.Count == 1 ? "one mistake" : $"{mistakes.Count} mistakes")} in the configuration, nothing was started:");

        foreach (var mistake in mistakes)
        {
            Console.Error.WriteLine($"  {mistake}");
        }

        return ExitCodes.Configuration;
    }
}
