namespace CredentialSidecar.Launcher.Starting;

/// <summary>Where a shell would look for a program, in order.</summary>
internal static class SearchPath
{
    /// <summary>What container engines set where an image sets none.</summary>
    public const string Default = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <param name="path">The value of PATH; null where it is not set.</param>
    public static string[] Candidates(string name, string? path)
    {
        if (name.Length == 0)
        {
            return [];
        }

        if (name.Contains('/', StringComparison.Ordinal))
        {
            return [name];
        }

        var folders = (path ?? Default).Split(':');

        for (var i = 0; i < folders.Length; i++)
        {
            // An empty entry is the current directory.
            folders[i] = folders[i].Length == 0 ? "./" + name : folders[i] + "/" + name;
        }

        return folders;
    }
}
