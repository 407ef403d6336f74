using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Otlp;

namespace CredentialSidecar.Conformance.Telemetry;

/// <summary>What a collector gets from the real program, in both forms of OTLP.</summary>
public sealed partial class OtlpExportTests
{
    private const string Key = "canary-9f31c07e5d28b46a";

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task Renewals_with_their_hops_and_all_measurements_arrive_and_no_secret_does(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sts = Forwarder.To(emulator.Sts);
        await using var agent = Forwarder.To(emulator.Agent);
        string[] secrets;

        await using (var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_CONFIG", TaskFixture.Destinations),
            ("SIDECAR_SOURCE_ENDPOINT", agent.Address.GetLeftPart(UriPartial.Authority)),
            ("AWS_ENDPOINT_URL_STS", sts.Address.AbsoluteUri),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", (protocol == "grpc" ? collector.Grpc : collector.Http).AbsoluteUri),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_HEADERS", $"x-collector-key={Key}"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,cloud.region=as-we-say"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "300"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200")))
        {
            sidecar.Hide([Key]);
            await sidecar.ReadyAsync();
            Assert.Equal(403, (await sidecar.GetAsync("denied")).Status);
            await Eventually.HoldsAsync(
                () => collector.Spans.Count(span => span.Name == "renew") >= 3
                    && collector.Points.Any(p => p is { Metric: "credential_sidecar.refusals" }),
                () => $"came: {string.Join('\n', collector.Requests)}; logged: {string.Join('\n', sidecar.Output)}");
            secrets =
            [
                sidecar.Token, emulator.RelativeUri.Split('/')[^1], DefaultWorld.ExternalId,
                .. Secret().Matches(sts.Answers + agent.Answers).Select(match => match.Groups[1].Value),
            ];
        }

        AssertRenewals(collector.Spans, [.. RequestIds().Matches(sts.Answers).Select(match => match.Groups[1].Value)]);
        AssertPoints(collector.Points);
        Assert.All(collector.Resources, resource =>
        {
            Assert.Equal(("credential-sidecar", "test"), (resource["service.name"], resource["deployment.environment.name"]));
            Assert.Equal(("as-we-say", "aws_ecs"), (resource["cloud.region"], resource["cloud.platform"]));
            Assert.StartsWith("arn:aws:ecs:", resource["aws.ecs.task.arn"], StringComparison.Ordinal);
            Assert.NotEmpty(resource["service.version"]);
            Assert.NotEmpty(resource["service.instance.id"]);
        });

        Assert.True(secrets.Length > 6, $"only {secrets.Length} secrets passed");
        Assert.All(collector.Requests, request =>
            Assert.Contains($"x-collector-key: {Key}", request.Headers, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(Leaks.In(collector.Requests.SelectMany(request => (string[])[request.Path, request.Headers, request.Body]), secrets));
    }

    [Fact]
    public async Task A_signal_may_have_an_endpoint_a_protocol_and_a_name_of_its_own_and_the_other_be_switched_off()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await StartAsync(emulator,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", $"{collector.Http}v1/traces"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
            ("OTEL_METRICS_EXPORTER", "none"),

            // Not meant for what is near.
            ("HTTP_PROXY", "http://127.0.0.1:1"),
            ("OTEL_SERVICE_NAME", "orders-sidecar"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "100"));
        await sidecar.ReadyAsync();

        // What was not sent yet is sent at the end.
        sidecar.Signal(2);
        Assert.Equal(0, await sidecar.ExitAsync());

        Assert.Contains(collector.Spans, span => span.Name == "renew");
        Assert.All(collector.Resources, resource => Assert.Equal("orders-sidecar", resource["service.name"]));
        Assert.Empty(collector.Points);
        Assert.DoesNotContain(sidecar.Output, line => line.Contains("\"EventId\":70", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Neither_STS_nor_the_agent_is_told_of_a_trace()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sts = Forwarder.To(emulator.Sts);
        await using var agent = Forwarder.To(emulator.Agent);
        await using var sidecar = await StartAsync(emulator,
            ("SIDECAR_SOURCE_ENDPOINT", agent.Address.GetLeftPart(UriPartial.Authority)), ("AWS_ENDPOINT_URL_STS", sts.Address.AbsoluteUri),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Grpc.AbsoluteUri), ("OTEL_BSP_SCHEDULE_DELAY", "100"));
        await sidecar.ReadyAsync();
        await Eventually.HoldsAsync(() => Task.FromResult(collector.Spans.Count > 0), () => "no span");

        Assert.NotEmpty(sts.Questions);
        Assert.NotEmpty(agent.Questions);
        Assert.DoesNotContain("traceparent", sts.Questions + agent.Questions, StringComparison.OrdinalIgnoreCase);
    }

    private static void AssertRenewals(IReadOnlyList<ReceivedSpan> spans, IReadOnlyList<string> requestIds)
    {
        var renewals = spans.Where(span => span.Name == "renew").ToLookup(span => span.Attributes["destination"]);
        Assert.Equal(["denied", "reader", "reports"], renewals.Select(renewal => renewal.Key).Order());
        Assert.All(renewals.SelectMany(renewal => renewal), renewal => Assert.Equal(("", 1), (renewal.Parent, renewal.Kind)));
        Assert.All(renewals["reports"].Concat(renewals["reader"]), renewal =>
            Assert.Equal(("ok", 0), (renewal.Attributes["outcome"], renewal.Status)));
        Assert.All(renewals["denied"], renewal => Assert.Equal(
            ("Denied", "Denied", 2), (renewal.Attributes["outcome"], renewal.Attributes["error.type"], renewal.Status)));

        // The reader's last hop; the one before is the reports' too, and stands in the trace of whichever began it.
        var hops = spans.Where(span => span.Name == "STS/AssumeRole").ToArray();
        var last = Assert.Single(hops, hop => hop.Attributes["role"] == DefaultWorld.Reader);
        Assert.Equal(
            [
                ("aws.request_id", last.Attributes["aws.request_id"]),
                ("cloud.region", "eu-central-1"),
                ("destination", "reader"),
                ("hop", "2"),
                ("outcome", "ok"),
                ("role", DefaultWorld.Reader), ("rpc.method", "AssumeRole"), ("rpc.service", "STS"), ("rpc.system", "aws-api"),
            ],
            last.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => (a.Key, a.Value)));
        var above = renewals["reader"].Single();
        Assert.Equal((above.Trace, above.Id, 3), (last.Trace, last.Parent, last.Kind));
        Assert.InRange(last.Duration, TimeSpan.FromTicks(1), above.Duration);
        var firstHops = hops.Where(hop => hop.Attributes["role"] == DefaultWorld.Reports && hop.Attributes["hop"] == "1");
        Assert.Contains(firstHops, hop => renewals.SelectMany(r => r).Any(r => r.Id == hop.Parent));

        var denied = hops.Where(hop => hop.Attributes["role"] == DefaultWorld.Denied).ToArray();
        Assert.NotEmpty(denied);
        Assert.All(denied, hop => Assert.Equal(("Denied", 2), (hop.Attributes["outcome"], hop.Status)));
        Assert.All(hops, hop => Assert.Contains(hop.Attributes["aws.request_id"], requestIds));
    }

    private static void AssertPoints(IReadOnlyList<ReceivedPoint> points)
    {
        Assert.Equal(
            [
                ("credential_sidecar.refusals", "{request}", "counter", "reason"),
                ("credential_sidecar.renewal.duration", "s", "histogram", "destination outcome"),
                ("credential_sidecar.renewal.failures", "{failure}", "gauge", "destination"),
                ("credential_sidecar.requests", "{request}", "counter", "http.response.status_code"),
                ("credential_sidecar.session.remaining", "s", "gauge", "destination"),
                ("credential_sidecar.sts.call.duration", "s", "histogram", "destination hop outcome"),
            ],
            points.Select(p => (p.Metric, p.Unit, p.Kind, string.Join(' ', p.Attributes.Keys.Order(StringComparer.Ordinal))))
                .Distinct()
                .Order());

        Assert.Contains(Of("session.remaining"), p => p.Value is > 3000 and < 3600 && p.Attributes["destination"] == "reports");
        Assert.Contains(Of("renewal.failures"), p => p.Value > 0 && p.Attributes["destination"] == "denied");
        Assert.Contains(Of("renewal.failures"), p => p.Value == 0 && p.Attributes["destination"] == "reader");
        Assert.Contains(Of("refusals"), p => p.Value >= 1 && p.Attributes["reason"] == "Denied");

        IEnumerable<ReceivedPoint> Of(string metric) => points.Where(p => p.Metric == $"credential_sidecar.{metric}");
    }

    private static Task<SidecarProcess> StartAsync(
        EmulatorProcess emulator, params IEnumerable<(string Name, string? Value)> settings) =>
        SidecarProcess.StartAsync(
            emulator,
            [("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId), .. settings]);

    [GeneratedRegex("""(?:<(?:SecretAccessKey|SessionToken)>|"(?:SecretAccessKey|Token)":")([A-Za-z0-9+/=]{9,})""")]
    private static partial Regex Secret();

    [GeneratedRegex("<RequestId>([^<]+)</RequestId>")]
    private static partial Regex RequestIds();
}
