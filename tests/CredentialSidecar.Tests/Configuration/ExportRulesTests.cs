using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>The OpenTelemetry variables: what they ask for, and that no mistake in them stops the start.</summary>
public sealed class ExportRulesTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string Collector = "http://collector.internal:4317";

    private const string NotAnAddress =
        "is not an http or https address without user name and password, such as http://127.0.0.1:4317; no metrics are exported";

    private const string NotHeaders =
        "is not shown here; expected name=value,name=value, percent-encoded where needed; no metrics are exported";

    [Theory]
    [InlineData("OTEL_SERVICE_NAME=orders")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL=grpc")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_SDK_DISABLED=TRUE")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_METRICS_EXPORTER=none", "OTEL_TRACES_EXPORTER=none")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4317", "OTEL_TRACES_EXPORTER=none")]
    public void Nothing_is_exported_where_no_endpoint_is_named_or_it_is_switched_off(params string[] variables)
    {
        var changes = variables.Select(v => v.Split('=')).Select(v => (v[0], (string?)v[1])).ToArray();

        Assert.Null(Settings.Load(changes).Export);
        Assert.Empty(Loading.Warnings(changes));
    }

    [Theory]
    [InlineData("grpc", Collector, "http://collector.internal:4317/")]
    [InlineData("http/protobuf", "https://collector.internal", "https://collector.internal/v1/metrics")]
    [InlineData("http/protobuf", "https://collector.internal:8443/otlp/", "https://collector.internal:8443/otlp/v1/metrics")]
    [InlineData("http/protobuf", "https://collector.internal/otlp?tenant=a", "https://collector.internal/otlp/v1/metrics?tenant=a")]
    public void The_common_endpoint_is_a_base_for_http_and_all_there_is_for_grpc(string protocol, string common, string metrics)
    {
        var export = Settings.Load((Endpoint, common), (Protocol, protocol)).Export!;

        Assert.Equal(metrics, export[MetricsEndpoint]);
        Assert.Equal(metrics.Replace("/v1/metrics", "/v1/traces", StringComparison.Ordinal), export[TracesEndpoint]);
    }

    [Fact]
    public void What_is_said_for_one_signal_wins_for_that_signal_and_its_endpoint_is_taken_as_it_is()
    {
        var export = Settings.Load(
            (Endpoint, Collector), ("OTEL_EXPORTER_OTLP_HEADERS", "a=1"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
            (TracesEndpoint, "https://traces.example/ingest"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=2"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
            ("OTEL_TRACES_SAMPLER", "always_off")).Export!;

        Assert.Equal(
            [
                ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "none"),
                (MetricsEndpoint, Collector + "/"),
                ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a=1"),
                ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc"), ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "500"),
                ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
                (TracesEndpoint, "https://traces.example/ingest"),
                ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=2"),
                ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
                ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "500"),
                ("OTEL_TRACES_SAMPLER", "always_off"),
            ],
            export.Select(v => (v.Key, v.Value)).Order());
    }

    [Theory]
    [InlineData(Protocol, "http/json", "is \"http/json\"; expected grpc or http/protobuf; no metrics are exported")]
    [InlineData(Endpoint, "collector.internal:4317", NotAnAddress)]
    [InlineData(Endpoint, "http://me:canary@collector.internal", NotAnAddress)]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "canary", NotHeaders)]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "api key=canary", NotHeaders)]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "key=canary%0d%0ax: y", NotHeaders)]
    [InlineData("OTEL_METRICS_EXPORTER", "console", "is \"console\"; expected otlp or none; no metrics are exported")]
    public void A_mistake_is_a_warning_with_the_variable_and_what_to_write_and_shows_no_secret(
        string variable, string value, string warning)
    {
        (string, string?)[] changes = [(Endpoint, Collector), ("OTEL_TRACES_EXPORTER", "none"), (variable, value)];

        Assert.Equal($"{variable} {warning}", Assert.Single(Loading.Warnings(changes)));
        Assert.Null(Settings.Load(changes).Export);
        Assert.Empty(Loading.Mistakes(changes));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    public void An_interval_that_is_none_is_left_to_its_default(string value)
    {
        (string, string?)[] changes = [(Endpoint, Collector), ("OTEL_METRIC_EXPORT_INTERVAL", value)];

        Assert.Equal(
            $"OTEL_METRIC_EXPORT_INTERVAL is \"{value}\"; expected milliseconds, a whole number from 1; the default is used",
            Assert.Single(Loading.Warnings(changes)));
        Assert.DoesNotContain("OTEL_METRIC_EXPORT_INTERVAL", Settings.Load(changes).Export!.Keys);
    }

    [Theory]
    [InlineData("TIMEOUT", "10s", "milliseconds, a whole number from 1", "10000")]
    [InlineData("TIMEOUT", "0", "milliseconds, a whole number from 1", "10000")]
    [InlineData("COMPRESSION", "zstd", "gzip or none", "none")]
    public void What_a_collector_can_do_without_is_left_to_its_default(string name, string value, string expected, string used)
    {
        (string, string?)[] changes = [(Endpoint, Collector), ("OTEL_TRACES_EXPORTER", "none"), ($"OTEL_EXPORTER_OTLP_{name}", value)];

        Assert.Equal(
            $"OTEL_EXPORTER_OTLP_{name} is \"{value}\"; expected {expected}; the default is used",
            Assert.Single(Loading.Warnings(changes)));
        Assert.Equal(used, Settings.Load(changes).Export![$"OTEL_EXPORTER_OTLP_METRICS_{name}"]);
    }

    [Fact]
    public void The_port_of_the_other_protocol_is_warned_of_since_nothing_would_arrive()
    {
        var warnings = Loading.Warnings((Endpoint, "http://127.0.0.1:4318"));

        Assert.Contains("set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Empty(Loading.Warnings((Endpoint, "http://127.0.0.1:4318"), (Protocol, "http/protobuf")));
    }

    [Fact]
    public void The_headers_are_in_no_text_of_the_settings()
    {
        var settings = Settings.Load((Endpoint, Collector), ("OTEL_EXPORTER_OTLP_HEADERS", "key=canary"));
        Assert.DoesNotContain("canary", settings.ToString(), StringComparison.Ordinal);
    }
}
