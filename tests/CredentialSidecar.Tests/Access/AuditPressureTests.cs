using System.Diagnostics;
using System.Diagnostics.Metrics;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>A full disk, a slow reader or a flood delays no answer, and lost lines are counted.</summary>
public sealed class AuditPressureTests : AuditTest
{
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
        using var audit = new UnstartedAudit();
        var counted = 0L;
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // Other tests record measurements at the same time on their own threads.
            if (ReferenceEquals(instrument.Meter.Scope, audit.Meters)
                && instrument.Name == "credential_sidecar.audit.dropped"
                && tags[0] is { Key: "where", Value: "queue" })
            {
                Interlocked.Add(ref counted, value);
            }
        });
        listener.Start();

        for (var i = 0; i < 5_000; i++)
        {
            audit.Trail.Write(ServedTo("web"));
        }

        // Half of the queue is for others.
        Assert.Equal(5_000 - 2_048, audit.Trail.Dropped);
        Assert.Equal(audit.Trail.Dropped, counted);
        Assert.Single(audit.Logs.Lines, line => line.Event.Id == 601);
    }

    [Fact]
    public void Strangers_crowd_out_no_client_and_rejected_clients_nothing_that_was_served()
    {
        using var audit = new UnstartedAudit();

        // A quarter for strangers, and then half of what is left for each kind of line of each client.
        Assert.Equal(5_000 - 1_024, LostOf(403, null));
        Assert.Equal(5_000, LostOf(403, "anyone"));
        Assert.Equal(5_000 - 1_536, LostOf(403, "web"));
        Assert.Equal(5_000 - 768, LostOf(200, "web"));
        Assert.Equal(5_000 - 384, LostOf(403, "batch"));

        long LostOf(int status, string? client)
        {
            var before = audit.Trail.Dropped;

            for (var i = 0; i < 5_000; i++)
            {
                audit.Trail.Write(AuditLine.Of(VirtualClock.Start, status, "ok", client, null, null));
            }

            return audit.Trail.Dropped - before;
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

        using var audit = new UnstartedAudit(("SIDECAR_Audit__File", AuditPath), ("SIDECAR_Audit__Log", "false"));
        var trail = audit.Trail;
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
}
