using System.Globalization;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>Finds the shells that started this process, whose environments say nothing about an application.</summary>
internal static class Lineage
{
    // Fields of /proc/PID/stat after the name, which may contain spaces and parentheses: proc(5).
    private const int Parent = 1, Session = 3;

    /// <summary>The ancestors of this process in its session. All other processes are applications.</summary>
    /// <param name="proc"><c>/proc</c>.</param>
    public static IReadOnlySet<int> Of(string proc, int id)
    {
        var above = new HashSet<int>();

        if (Read(proc, id) is not { } own)
        {
            return above;
        }

        var at = own.Parent;

        while (at > 0 && Read(proc, at) is { } process && process.Session == own.Session && above.Add(at))
        {
            at = process.Parent;
        }

        return above;
    }

    private static (int Parent, int Session)? Read(string proc, int id)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(proc, id.ToString(CultureInfo.InvariantCulture), "stat"));
            var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > Session ? (Number(fields[Parent]), Number(fields[Session])) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
