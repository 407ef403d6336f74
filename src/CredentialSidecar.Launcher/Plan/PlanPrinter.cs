using System.Globalization;
using System.Text;

namespace CredentialSidecar.Launcher.Plan;

/// <summary>Prints the difference between two environments for a person.</summary>
/// <remarks>It compares the environments themselves, so the output cannot differ from what the program gets.</remarks>
internal static class PlanPrinter
{
    public static string Print(Variables before, Variables after)
    {
        var text = new StringBuilder();

        foreach (var entry in before.Entries)
        {
            var name = NameOf(entry);

            // Said once, though a name may be there twice; and not its value, which may be somebody's secret.
            if (after[name] is null && name + "=" + before[name] == entry)
            {
                text.Append("- ").Append(name).Append('\n');
            }
        }

        foreach (var entry in after.Entries)
        {
            var name = NameOf(entry);

            if (!before.Contains(entry))
            {
                text.Append("+ ").Append(name).Append('=').Append(Shown(name, entry[(name.Length + 1)..])).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string NameOf(string entry) => entry.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? entry[..at] : entry;

    private static string Shown(string name, string value) =>
        name == EnvironmentPlan.Token ? $"({value.Length.ToString(CultureInfo.InvariantCulture)} characters, not shown)" : value;
}
