using System.Text.RegularExpressions;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>The variables that Kubernetes sets in every pod for a Service whose name begins with <c>sidecar</c>.</summary>
/// <remarks>One of them is <c>SIDECAR_PORT=tcp://…</c>, so the name alone does not distinguish them from settings.</remarks>
internal static partial class ServiceLinks
{
    public static bool Matches(string variable, string value) => ServiceOf(variable, value) is not null;

    /// <summary>
    /// Reports one warning for each such Service, not a mistake, since the name of a Service must not prevent a pod from starting.
    /// </summary>
    public static void Report(ProcessEnvironment environment, Findings findings)
    {
        var services =
            from variable in environment.All.OrderBy(v => v.Key, StringComparer.Ordinal)
            let service = ServiceOf(variable.Key, variable.Value)
            where service is not null
            group variable.Key by service;

        foreach (var service in services)
        {
            var more = service.Count() == 1 ? "" : $" (so also {string.Join(", ", service.Skip(1))})";
            findings.Warn(service.First(),
                $"is set by Kubernetes for the Service '{service.Key}'{more} and is ignored; set enableServiceLinks: "
                + "false in the pod's spec");
        }
    }

    private static string? ServiceOf(string variable, string value)
    {
        var match = Unmistakable().Match(variable) is { Success: true } sure ? sure : Port().Match(variable);
        var found = match.Success && (match.Groups["rest"].Success || Address().IsMatch(value));

#pragma warning disable CA1308 // A Service's name is lower case.
        return found ? match.Groups["service"].Value.ToLowerInvariant().Replace('_', '-') : null;
#pragma warning restore CA1308
    }

    [GeneratedRegex(@"^(?<service>SIDECAR(_[A-Z0-9]+)*?)_"
        + @"(?<rest>SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)\z")]
    private static partial Regex Unmistakable();

    [GeneratedRegex(@"^(?<service>SIDECAR(_[A-Z0-9]+)*)_PORT\z")]
    private static partial Regex Port();

    [GeneratedRegex("^(tcp|udp|sctp)://")]
    private static partial Regex Address();
}
