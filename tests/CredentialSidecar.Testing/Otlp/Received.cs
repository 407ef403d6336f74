using System.Globalization;

namespace CredentialSidecar.Testing.Otlp;

/// <summary>A span as received.</summary>
/// <param name="Parent">Empty for the first of a trace.</param>
/// <param name="Kind">1 is internal, 3 a client's.</param>
/// <param name="Status">0 is unset, 2 an error.</param>
internal sealed record ReceivedSpan(
    string Trace, string Id, string Parent, string Name, int Kind, int Status, TimeSpan Duration,
    IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>By https://github.com/open-telemetry/opentelemetry-proto, trace.proto.</summary>
    public static ReceivedSpan Read(ProtobufMessage span) => new(
        span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)span.Number(6),
        (int)(span.Messages(15).FirstOrDefault()?.Number(3) ?? 0),
        TimeSpan.FromTicks((long)(span.Number(8) - span.Number(7)) / 100),
        Received.Attributes(span, 9));
}

/// <summary>One data point as received.</summary>
/// <param name="Value">Of a histogram, how many were recorded.</param>
internal sealed record ReceivedPoint(string Metric, string Unit, string Kind, double Value, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>By metrics.proto.</summary>
    public static IEnumerable<ReceivedPoint> Read(ProtobufMessage metric) =>
        from kind in ((int Number, string Name)[])[(5, "gauge"), (7, "counter"), (9, "histogram")]
        from data in metric.Messages(kind.Number)
        from point in data.Messages(1)
        select kind.Name == "histogram"
            ? new ReceivedPoint(metric.Text(1), metric.Text(3), kind.Name, point.Number(4), Received.Attributes(point, 9))
            : new ReceivedPoint(
                metric.Text(1),
                metric.Text(3),
                kind.Name,
                point.Has(4) ? point.Double(4) : point.Number(6),
                Received.Attributes(point, 7));
}

/// <summary>What spans, points and resources have in common.</summary>
internal static class Received
{
    public static IReadOnlyDictionary<string, string> Attributes(ProtobufMessage holder, int number) =>
        holder.Messages(number).ToDictionary(pair => pair.Text(1), pair => Value(pair.Messages(2).Single()));

    private static string Value(ProtobufMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(3) ? ((long)value.Number(3)).ToString(CultureInfo.InvariantCulture)
        : value.Has(4) ? value.Double(4).ToString(CultureInfo.InvariantCulture)
        : value.Has(2) ? value.Number(2) == 1 ? "true" : "false"
        : throw new InvalidDataException("a kind of value that nothing here sends");
}
