namespace CredentialSidecar.Emulator.Agent;

/// <summary>The agent's router redirects a path with empty or dotted segments to the same path without them.</summary>
internal static class CleanPath
{
    public static string Of(string path)
    {
        var kept = new List<string>();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == "..")
            {
                kept.RemoveRange(Math.Max(0, kept.Count - 1), Math.Min(1, kept.Count));
            }
            else if (segment != ".")
            {
                kept.Add(segment);
            }
        }

        var trailing = path.EndsWith('/') && kept.Count > 0 ? "/" : "";
        return $"/{string.Join('/', kept)}{trailing}";
    }
}
