using System.Globalization;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Reads the OpenTelemetry variables. Mistakes in them are warnings, because telemetry must not prevent credentials.</summary>
/// <remarks>
/// By https://opentelemetry.io/docs/specs/otel/protocol/exporter/, where a value that is not known is ignored with a warning. Not so
/// the protocol, the endpoint and the headers: without them the data would reach no collector, or a wrong one.
/// </remarks>
internal static class ExportRules
{
    private const string Prefix = "OTEL_";
    private const string Otlp = "OTEL_EXPORTER_OTLP_";

    // The SDK would throw at start for an invalid number.
    private static readonly string[] Milliseconds =
        ["OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT"];

    private static readonly string[] Certificates =
        ["OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_KEY"];

    /// <returns>
    /// The variables as the exporter is to have them, endpoint, protocol, headers and timeout for each signal of its own;
    /// null where nothing is to be exported, and a signal without an endpoint is not.
    /// </returns>
    public static IReadOnlyDictionary<string, string>? Find(ProcessEnvironment environment, Findings findings)
    {
        if ("true".Equals(environment["OTEL_SDK_DISABLED"], StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var variables = environment.All
            .Where(v => v.Key.StartsWith(Prefix, StringComparison.Ordinal)
                && !v.Key.StartsWith(Otlp, StringComparison.Ordinal)
                && v.Value.Length > 0)
            .ToDictionary(StringComparer.Ordinal);
        Keep("CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY", "METRICS_TEMPORALITY_PREFERENCE", "METRICS_DEFAULT_HISTOGRAM_AGGREGATION");
        var any = Aim("METRICS", environment, variables, findings) | Aim("TRACES", environment, variables, findings);

        foreach (var name in Milliseconds.Where(name => any && variables.ContainsKey(name) && !IsMilliseconds(variables[name])))
        {
            findings.Warn(name, $"is {Shown.Quoted(variables[name])}; expected milliseconds, a whole number from 1; the default is used");
            variables.Remove(name);
        }

        // The SDK would block on a pipe forever, and the start with it.
        foreach (var name in any ? Certificates.Where(variables.ContainsKey).Where(name => IsPipe(variables[name])) : [])
        {
            findings.Warn(name, "names a pipe, a socket or a device instead of a regular file; nothing is exported");
            any = false;
        }

        return any ? variables : null;

        void Keep(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (environment[Otlp + name] is { } value)
                {
                    variables[Otlp + name] = value;
                }
            }
        }
    }

    /// <returns>Whether that signal is to be exported.</returns>
    private static bool Aim(string signal, ProcessEnvironment environment, Dictionary<string, string> variables, Findings findings)
    {
        var own = $"{Otlp}{signal}_";
        var kind = signal.ToLowerInvariant();
        var endpoint = Which("ENDPOINT");
        var exporters = (environment[$"{Prefix}{signal}_EXPORTER"] ?? "otlp").Split(',', StringSplitOptions.TrimEntries);

        if (environment[endpoint] is not { } address || exporters is ["none"])
        {
            return false;
        }

        var protocol = environment[Which("PROTOCOL")] ?? "grpc";
        var headers = environment[Which("HEADERS")];

        if (!exporters.Contains("otlp"))
        {
            return Nothing($"{Prefix}{signal}_EXPORTER",
                $"is {Shown.Quoted(environment[$"{Prefix}{signal}_EXPORTER"])}; expected otlp or none");
        }

        if (protocol is not ("grpc" or "http/protobuf"))
        {
            return Nothing(Which("PROTOCOL"), $"is {Shown.Quoted(protocol)}; expected grpc or http/protobuf");
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
        {
            // Not shown, because it may contain a password.
            return Nothing(endpoint, "is not an http or https address without user name and password, such as http://127.0.0.1:4317");
        }

        if (headers is not null && !headers.Split(',').All(IsHeader))
        {
            return Nothing(Which("HEADERS"), "is not shown here; expected name=value,name=value, percent-encoded where needed");
        }

        var timeout = Known("TIMEOUT", "10000", IsMilliseconds, "milliseconds, a whole number from 1");
        var compression = Known("COMPRESSION", "none", value => value is "gzip" or "none", "gzip or none");

        if (uri.Port == 4318 && protocol == "grpc")
        {
            findings.Warn(endpoint,
                "has port 4318, which collectors use for http/protobuf, but the protocol is grpc; "
                + $"set {Otlp}PROTOCOL=http/protobuf, or use port 4317");
        }

        // Only the endpoint for all signals is a base URL.
        variables[$"{own}ENDPOINT"] = protocol == "grpc" || endpoint.StartsWith(own, StringComparison.Ordinal)
            ? uri.AbsoluteUri
            : new UriBuilder(uri) { Path = $"{uri.AbsolutePath.TrimEnd('/')}/v1/{kind}" }.Uri.AbsoluteUri;
        (variables[$"{own}PROTOCOL"], variables[$"{own}HEADERS"], variables[$"{own}TIMEOUT"], variables[$"{own}COMPRESSION"]) =
            (protocol, headers ?? "", timeout, compression);
        return true;

        string Which(string name) => environment[own + name] is null ? Otlp + name : own + name;

        // Ignore invalid values that the collector does not need.
        string Known(string name, string otherwise, Func<string, bool> isKnown, string expected)
        {
            if (environment[Which(name)] is not { } value || isKnown(value))
            {
                return environment[Which(name)] ?? otherwise;
            }

            findings.Warn(Which(name), $"is {Shown.Quoted(value)}; expected {expected}; the default is used");
            return otherwise;
        }

        bool Nothing(string variable, string text)
        {
            findings.Warn(variable, $"{text}; no {kind} are exported");
            return false;
        }
    }

    private static bool IsPipe(string path) => SmallFile.Read(path, 0).Trouble == FileTrouble.NotRegular;

    private static bool IsMilliseconds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0;

    private static bool IsHeader(string pair) => pair.Split('=', 2) is [var name, var value]
        && name.Trim() is { Length: > 0 } trimmed
        && trimmed.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
        && Uri.UnescapeDataString(value).All(c => c is >= ' ' and <= '~');
}
