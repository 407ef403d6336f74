using System.Globalization;
using System.Text.Json.Nodes;
using CredentialSidecar.Shared;

namespace CredentialSidecar.Generating;

/// <summary>The launcher as the entry point of a container.</summary>
internal static class LauncherWords
{
    private const string Destination = "--destination", Port = "--port", End = "--";

    /// <returns>The launcher's other flags and the program after them; null if the entry point is not the launcher.</returns>
    public static (string[] Flags, string[] Program)? Find(JsonObject container)
    {
        if (container.StrictWords("entryPoint") is not [var first, .. var rest]
            || !first.EndsWith($"/{FixedNames.Launcher}", StringComparison.Ordinal))
        {
            return null;
        }

        var end = Array.IndexOf(rest, End);
        string[] given = end < 0 ? rest : rest[..end];
        var flags = given.Index().Where(word => !IsOurs(word.Item) && (word.Index == 0 || !IsOurs(given[word.Index - 1])));
        return ([.. flags.Select(word => word.Item)], end < 0 ? [] : rest[(end + 1)..]);
    }

    /// <param name="flags">More flags of the launcher.</param>
    public static IEnumerable<string> Of(Application app, int port, IEnumerable<string> flags) =>
    [
        $"{app.Directory.Path}/{FixedNames.Launcher}", Destination, app.Destination,
        .. port == FixedNames.CredentialsPort ? Array.Empty<string>() : [Port, port.ToString(CultureInfo.InvariantCulture)],
        .. flags, End,
    ];

    // Each of them has its value in the next word.
    private static bool IsOurs(string word) => word is Destination or Port;
}
