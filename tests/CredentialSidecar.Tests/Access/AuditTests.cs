using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using CredentialSidecar.Access;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>One line for each answer, that joins a CloudTrail event and opens nothing; and nothing waits for it.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("audit-").FullName;

    private string AuditPath => Path.Combine(_directory, "audit.jsonl");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Each_answer_is_one_line_that_can_be_joined_to_a_CloudTrail_event()
    {
        await using (var sidecar = await StartAsync(AuditPath))
        {
            sidecar.Client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "Boto3/1.43 " + new string('x', 400));
            await GetAsync(sidecar, "/v1/credentials/reports");
            await GetAsync(sidecar, "/v1/credentials/nobody");
            sidecar.Client.DefaultRequestHeaders.Remove("Authorization");
            await GetAsync(sidecar, "/v1/credentials/reports");
            await UntilWrittenAsync(3);
        }

        var lines = Lines();
        Assert.Equal(
            ["200 ok default reports", "400 UnknownDestination default ", "401 Unauthorized  "],
            lines.Select(line =>
                $"{Text(line, "status")} {Text(line, "reason")} {Text(line, "client")} {Text(line, "destination")}"));

        var served = lines[0];
        Assert.Equal("127.0.0.1", Text(served, "peer"));
        Assert.Equal("ASIA0001", Text(served, "accessKeyId"));
        Assert.Equal("request-1", Text(served, "stsRequestId"));
        Assert.StartsWith("credential-sidecar", Text(served, "roleSessionName"), StringComparison.Ordinal);
        Assert.Equal(VirtualClock.Start, served.GetProperty("time").GetDateTimeOffset());
        Assert.Equal(VirtualClock.Start.AddHours(1), served.GetProperty("expiration").GetDateTimeOffset());
        Assert.Equal(256, Text(served, "userAgent")!.Length);
        Assert.Equal(JsonValueKind.Null, lines[2].GetProperty("accessKeyId").ValueKind);
    }

    [Fact]
    public async Task A_malformed_or_oversized_request_is_audited_too()
    {
        await using (var sidecar = await StartAsync(AuditPath))
        {
            await RawHttp.AskAsync(sidecar.Endpoint, "nonsense\r\n\r\n");
            await RawHttp.AskAsync(sidecar.Endpoint, $"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {new string('x', 20_000)}\r\n\r\n");
            await RawHttp.AskAsync(sidecar.Endpoint, "GET /v1/credentials/nobody HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            await UntilWrittenAsync(3);
        }

        Assert.Equal(
            ["400 Malformed 127.0.0.1", "431 Malformed 127.0.0.1", "401 Unauthorized 127.0.0.1"],
            Lines().Select(line => $"{Text(line, "status")} {Text(line, "reason")} {Text(line, "peer")}"));
    }

    [Fact]
    public async Task Guesses_are_counted_also_where_the_guesser_hangs_up_instead_of_waiting()
    {
        await using (var sidecar = await StartAsync(AuditPath))
        {
            sidecar.Client.DefaultRequestHeaders.Remove("Authorization");

            for (var i = 0; i < 10; i++)
            {
                await GetAsync(sidecar, "/v1/credentials/reports");
            }

            using var leaving = new CancellationTokenSource();
            var guess = sidecar.Client.GetAsync("/v1/credentials/reports", leaving.Token);

            // The loop of the destination, the count of repetitions, and the guess.
            await sidecar.Clock.UntilWaitingAsync(3);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => guess);
            await sidecar.AdvanceAsync(RejectionLedger.Period);
            await UntilWrittenAsync(3);
        }

        Assert.Equal(
            ["0 HungUp 1", "0 Unauthorized 9", "401 Unauthorized "],
            Lines().Select(line => $"{Text(line, "status")} {Text(line, "reason")} {Count(line)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_flood_from_unknown_clients_is_a_few_lines_and_each_attempt_of_a_client_is_one_line()
    {
        await using (var sidecar = await StartAsync(AuditPath,
        [
            .. Settings.Destination("private", "arn:aws:iam::555566667777:role/private"), ("SIDECAR_TOKEN", null),
            ("SIDECAR_Access__Clients__web__Token", Settings.Token), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
        ]))
        {
            using var stranger = new HttpClient();

            // None of the first ten is delayed.
            for (var i = 0; i < 10; i++)
            {
                using var rejected = await stranger.GetAsync(new Uri(sidecar.Endpoint, $"/{i}"), TestContext.Current.CancellationToken);
                await GetAsync(sidecar, "/v1/credentials/private");
            }

            // A request may be rejected before its token is checked. The client is recognized anyway and never waits.
            for (var i = 0; i < 12; i++)
            {
                await GetAsync(sidecar, "/nope");
            }

            // The sidecar writes counted lines when it stops.
            await sidecar.StopAsync();
        }

        Assert.Equal(10, Lines().Count(line => Text(line, "reason") == "ForeignDestination"));
        Assert.Equal(12, Lines().Count(line => Text(line, "reason") == "UnknownPath" && Text(line, "client") == "web"));
        var unknown = Lines().Where(line => Text(line, "reason") == "UnknownPath" && Text(line, "client") is null);
        Assert.Equal(["404 ", "0 9"], unknown.Select(line => $"{Text(line, "status")} {Count(line)}"));
    }

    [Theory]
    [InlineData("Boto3/1.43 \u00e4", "Boto3/1.43 \u00e4")]
    [InlineData("a\u001b[2Jb\u2028c\u007f", "a\\u001B[2Jb\\u2028c\\u007F")]
    [InlineData("", null)]
    public void What_a_request_says_of_itself_is_one_line_without_escape_sequences(string sent, string? shown) =>
        Assert.Equal(shown, AuditLine.Shown(sent));

    [Fact]
    public async Task The_same_line_is_in_the_log_unless_it_is_switched_off()
    {
        await using var sidecar = await StartAsync(null);
        await GetAsync(sidecar, "/v1/credentials/reports");
        await UntilLoggedAsync(sidecar, 600);
        Assert.Contains(
            "Served reports to default at 127.0.0.1: access key ASIA0001, session credential-sidecar",
            sidecar.Logs.Lines.Single(line => line.Event.Id == 600).Text,
            StringComparison.Ordinal);

        await using var silent = await StartAsync(null, ("SIDECAR_Audit__Log", "false"));
        await GetAsync(silent, "/v1/credentials/reports");
        Assert.False(silent.Services.GetRequiredService<AuditTrail>().IsOn);
        Assert.DoesNotContain(silent.Logs.Lines, line => line.Event.Id == 600);
    }

    [Fact]
    public async Task A_refusal_is_one_line_in_the_log_and_is_in_the_file_all_the_same()
    {
        await using (var sidecar = await StartAsync(AuditPath))
        {
            await GetAsync(sidecar, "/v1/credentials/no-such-destination");
            await GetAsync(sidecar, "/v1/credentials/reports");
            await UntilLoggedAsync(sidecar, 600);

            var rejected = Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 400).Text;
            var served = Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 600).Text;
            Assert.Contains(" Client default.", rejected, StringComparison.Ordinal);
            Assert.StartsWith("Served reports to default", served, StringComparison.Ordinal);
            await sidecar.StopAsync();
        }

        Assert.Equal(["UnknownDestination", "ok"], Lines().Select(line => Text(line, "reason")));
    }

    [Fact]
    public async Task The_uid_is_audited_where_interception_knows_it()
    {
        await using (var sidecar = await SidecarFixture.StartInterceptedAsync(new ScriptedKernel(), ("SIDECAR_Audit__File", AuditPath)))
        {
            var request = $"GET {ScriptedKernel.OwnPath} HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n";
            var answer = await RawHttp.AskAsync(sidecar.InterceptedEndpoint, request);
            Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
            await UntilWrittenAsync(1);
        }

        Assert.Equal(("uid 1000", 1000u), (Text(Assert.Single(Lines()), "client"), Lines()[0].GetProperty("uid").GetUInt32()));
    }

    [Fact]
    public async Task A_connection_with_an_uncertain_uid_has_no_client_in_the_audit()
    {
        var other = new ScriptedKernel { Uid = 1001 };

        await using (var sidecar = await SidecarFixture.StartInterceptedAsync(other, ("SIDECAR_Audit__File", AuditPath)))
        {
            var request = $"GET {ScriptedKernel.OwnPath} HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n";
            var answer = await RawHttp.AskAsync(sidecar.InterceptedEndpoint, request);
            Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
            await UntilWrittenAsync(1);
        }

        var line = Assert.Single(Lines()).GetRawText().Replace("\"time\"", "", StringComparison.Ordinal);
        Assert.DoesNotContain("100", line.Split("\"peer\"")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_delays_no_answer_and_what_was_lost_is_counted()
    {
        await using var sidecar = await StartAsync("/dev/full");

        for (var i = 0; i < 20; i++)
        {
            await GetAsync(sidecar, "/v1/credentials/reports");
        }

        await UntilLoggedAsync(sidecar, 601);
        Assert.Contains(
            "No space left on device",
            Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 601).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_does_not_read_delays_no_answer_and_fills_no_memory()
    {
        // The queue is never emptied, because the hosted service is not started.
        using var metrics = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        using var logs = new CollectedLogs();
        var counted = 0L;
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // Other tests record measurements at the same time on their own threads.
            if (ReferenceEquals(instrument.Meter.Scope, metrics.GetRequiredService<IMeterFactory>())
                && instrument.Name == "credential_sidecar.audit.dropped"
                && tags[0] is { Key: "where", Value: "queue" })
            {
                Interlocked.Add(ref counted, value);
            }
        });
        listener.Start();
        using var trail = new AuditTrail(
            Settings.Load().Audit, metrics.GetRequiredService<SidecarMetrics>(), new VirtualClock(), logs.Factory());

        for (var i = 0; i < 5_000; i++)
        {
            trail.Write(ServedTo("web"));
        }

        // Half of the queue is for others.
        Assert.Equal(5_000 - 2_048, trail.Dropped);
        Assert.Equal(trail.Dropped, counted);
        Assert.Single(logs.Lines, line => line.Event.Id == 601);
    }

    [Fact]
    public void Strangers_crowd_out_no_client_and_rejected_clients_nothing_that_was_served()
    {
        using var metrics = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        using var logs = new CollectedLogs();
        using var trail = new AuditTrail(
            Settings.Load().Audit, metrics.GetRequiredService<SidecarMetrics>(), new VirtualClock(), logs.Factory());

        // A quarter for strangers, and then half of what is left for each kind of line of each client.
        Assert.Equal(5_000 - 1_024, LostOf(403, null));
        Assert.Equal(5_000, LostOf(403, "anyone"));
        Assert.Equal(5_000 - 1_536, LostOf(403, "web"));
        Assert.Equal(5_000 - 768, LostOf(200, "web"));
        Assert.Equal(5_000 - 384, LostOf(403, "batch"));

        long LostOf(int status, string? client)
        {
            var before = trail.Dropped;

            for (var i = 0; i < 5_000; i++)
            {
                trail.Write(AuditLine.Of(VirtualClock.Start, status, "ok", client, null, null));
            }

            return trail.Dropped - before;
        }
    }

    [Fact]
    public async Task A_client_that_floods_the_audit_of_a_slow_reader_crowds_out_no_line_of_another()
    {
        using var turn = new SemaphoreSlim(0);
        List<string> written = [];
        using var sink = new AuditSink("test", line => Put(line), _ => { }, () => { });
        sink.Start();

        // Each line of the victim comes after 50 of the flood, and one in 25 is read meanwhile.
        var kept = 0;

        for (var i = 0; i < 200; i++)
        {
            for (var flood = 0; flood < 50; flood++)
            {
                sink.TryAdd(AuditLine.Of(VirtualClock.Start, 403, "ForeignDestination", "flood", null, null));
            }

            kept += sink.TryAdd(AuditLine.Of(VirtualClock.Start, 403, "ForeignDestination", "victim", null, null)) ? 1 : 0;
            turn.Release(2);
        }

        sink.Complete();
        turn.Release(10_000);
        await sink.Ended.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal((200, 200), (kept, written.Count(client => client == "victim")));

        string? Put(AuditLine line)
        {
            turn.Wait(TestContext.Current.CancellationToken);
            written.Add(line.Client!);
            return null;
        }
    }

    [Fact]
    public async Task A_file_whose_reader_has_stopped_delays_no_answer()
    {
        // A full pipe blocks its writer.
        using (var mkfifo = Process.Start("mkfifo", AuditPath))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using var metrics = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        using var logs = new CollectedLogs();
        var audit = Settings.Load(("SIDECAR_Audit__File", AuditPath), ("SIDECAR_Audit__Log", "false")).Audit;
        using var trail = new AuditTrail(
            audit, metrics.GetRequiredService<SidecarMetrics>(), new VirtualClock(), logs.Factory());
        await trail.StartAsync(CancellationToken.None);

        for (var i = 0; i < 20_000; i++)
        {
            trail.Write(ServedTo("web") with { UserAgent = new string('x', 200) });
        }

        Assert.True(trail.Dropped > 0);

        // Neither log rotation nor the end of the process waits for the reader.
        using var limit = new CancellationTokenSource();
        await limit.CancelAsync();
        var cancelled = TestContext.Current.CancellationToken;
        await Task.Run(LeaveAsync, cancelled).WaitAsync(TimeSpan.FromSeconds(10), cancelled);

        // Reading again lets the writer end.
        using var pipe = new FileStream(AuditPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var writing = trail.Ended;
        var buffer = new byte[64 * 1024];

        while (!writing.IsCompleted)
        {
            await Task.WhenAny(writing, pipe.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask());
        }

        async Task LeaveAsync()
        {
            trail.Reopen();
            await trail.StopAsync(limit.Token);
            trail.Dispose();
        }
    }

    [Fact]
    public void A_file_that_was_moved_or_truncated_is_reopened_and_starts_on_a_new_line()
    {
        File.WriteAllText(AuditPath, "{\"half\":");
        using var file = new AuditFile(AuditPath);
        Append();
        File.Move(AuditPath, AuditPath + ".1");
        Append();
        file.Reopen();
        Append();

        Assert.Equal((3, 1), (File.ReadAllLines(AuditPath + ".1").Length, File.ReadAllLines(AuditPath).Length));
        Assert.Equal("{\"half\":", File.ReadAllLines(AuditPath + ".1")[0]);

        void Append() => Assert.Null(file.TryAppend(ServedTo(null)));
    }

    [Fact]
    public void A_file_that_is_copied_and_emptied_or_that_another_appends_to_keeps_every_line()
    {
        using var file = new AuditFile(AuditPath);
        Append(1);
        File.WriteAllText(AuditPath, "");
        Append(2);
        File.AppendAllText(AuditPath, "{}\n");
        Append(3);

        Assert.Equal([2, 0, 3], Lines().Select(line => line.TryGetProperty("uid", out var uid) ? uid.GetInt32() : 0));

        void Append(uint uid) => Assert.Null(file.TryAppend(ServedTo(null) with { Uid = uid }));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_told_and_tried_again()
    {
        using var file = new AuditFile(Path.Combine(_directory, "not", "there"));
        var line = new AuditLine(VirtualClock.Start, 200, "ok", null, null, null, null, null, null, null, null, null, null);

        Assert.StartsWith("the audit file cannot be written: Could not find", file.TryAppend(line), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_directory, "not"));
        Assert.Null(file.TryAppend(line));
    }

    private static string? Text(JsonElement line, string name) =>
        line.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null;

    private static string Count(JsonElement line) => line.TryGetProperty("count", out var count) ? count.ToString() : "";

    private static AuditLine ServedTo(string? client) => new(
        VirtualClock.Start, 200, "ok", client, "reports", "127.0.0.1", null, null, null, null, null, null, null);

    private static async Task<SidecarFixture> StartAsync(string? file, params IEnumerable<(string, string?)> changes)
    {
        var sidecar = await SidecarFixture.StartAsync(null, [("SIDECAR_Audit__File", file), .. changes]);
        await sidecar.SettleAsync();
        return sidecar;
    }

    private static async Task GetAsync(SidecarFixture sidecar, string path)
    {
        using var answer = await sidecar.Client.GetAsync(path, TestContext.Current.CancellationToken);
    }

    private static Task UntilLoggedAsync(SidecarFixture sidecar, int number) =>
        Eventually.HoldsAsync(() => sidecar.Logs.Lines.Any(line => line.Event.Id == number), () => $"No event {number}.");

    private Task UntilWrittenAsync(int lines) => Eventually.HoldsAsync(
        () => File.Exists(AuditPath) && File.ReadAllText(AuditPath).Count(letter => letter == '\n') >= lines,
        () => $"Fewer than {lines} lines.");

    private JsonElement[] Lines() => [.. File.ReadAllLines(AuditPath).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
}
