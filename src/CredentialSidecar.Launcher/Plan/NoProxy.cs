namespace CredentialSidecar.Launcher.Plan;

/// <summary>Keeps the request to the sidecar away from a proxy. The .NET and Rust SDKs use the proxy otherwise (contract R16).</summary>
/// <remarks>Applies even without a proxy, because an entry script may set one later.</remarks>
internal static class NoProxy
{
    private static readonly string[] Names = ["NO_PROXY", "no_proxy"];
    private static readonly string[] Hosts = ["127.0.0.1", "localhost"];

    public static void Add(Variables environment)
    {
        var (upper, lower) = (environment[Names[0]], environment[Names[1]]);

        // Programs prefer one or the other variable, so a new one without the existing hosts would hide those hosts.
        environment.Set(Names[0], With(string.IsNullOrEmpty(upper) ? lower : upper));
        environment.Set(Names[1], With(string.IsNullOrEmpty(lower) ? upper : lower));
    }

    private static string With(string? list)
    {
        list ??= "";

        foreach (var host in Hosts)
        {
            if (!Excludes(list, host))
            {
                list = list.Length == 0 ? host : list + "," + host;
            }
        }

        return list;
    }

    // A lone asterisk means every host, and only where it stands alone.
    private static bool Excludes(string list, string host)
    {
        foreach (var part in list.Split(','))
        {
            if (part.AsSpan().Trim().Equals(host, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return list.AsSpan().Trim() is "*";
    }
}
