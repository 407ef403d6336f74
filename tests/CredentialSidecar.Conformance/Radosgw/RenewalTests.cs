using System.Diagnostics;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Radosgw;

/// <summary>Clients that write without pause while sessions end under them: each class for two minutes, both at once.</summary>
internal static class TwoMinutes
{
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    /// <summary>The environment of a sibling.</summary>
    public static Dictionary<string, string?> Sibling(BriefSidecar sidecar, Cluster cluster) => CleanEnvironment.With(
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", sidecar.Credentials.AbsoluteUri),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", Settings.Token),
        ("AWS_ENDPOINT_URL_S3", cluster.Gateway.GetLeftPart(UriPartial.Authority)),
        ("AWS_REGION", "eu-central-1"), ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required"), ("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/nonexistent/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"));

    /// <summary>Renewals during calls of boto3.</summary>
    /// <remarks>With the SDK for .NET a renewal may fail a call that is under way: <see cref="Compatibility.TornCallTests"/>.</remarks>
    public static Task<ChildProcess.Ended> WriteAsync(Dictionary<string, string?> sibling, string bucket) =>
        Boto3.RunAsync("Radosgw/boto3_writer.py", sibling, Long + ChildProcess.Limit, bucket, $"{Long.TotalSeconds}");

    public static void AssertNoneFailed(ChildProcess.Ended writer, BriefSidecar sidecar)
    {
        Assert.True(writer.Code == 0, writer.ToString());
        var result = JsonNode.Parse(writer.Output)!;
        var log = string.Join('\n', sidecar.Logs.Lines.Select(line => line.Text));
        Assert.True(result["Failures"]!.AsArray().Count == 0, $"{result}\n{log}");

        // On an idle machine it is more than a thousand.
        Assert.InRange(result["Calls"]!.GetValue<int>(), 200, int.MaxValue);
    }
}

/// <summary>Sessions of ten seconds.</summary>
public sealed class RenewalTests
{
    [Fact]
    public async Task Two_minutes_of_writing_over_twenty_renewals_of_sessions_of_ten_seconds_fail_not_once()
    {
        var cluster = await Cluster.SharedAsync();
        await Installed.Boto3Async();
        await using var sidecar = await BriefSidecar.StartAsync(
            cluster, cluster.Gateway, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(4));
        var sibling = TwoMinutes.Sibling(sidecar, cluster);

        foreach (var writer in await Task.WhenAll(TwoMinutes.WriteAsync(sibling, "brief-one"), TwoMinutes.WriteAsync(sibling, "brief-two")))
        {
            TwoMinutes.AssertNoneFailed(writer, sidecar);
        }

        Assert.InRange(sidecar.Renewals, 21, int.MaxValue);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id is 301 or 302);
    }
}

/// <summary>Sessions of a minute and a half, and an STS that is gone for one.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Two_minutes_of_writing_with_STS_stopped_for_one_of_them_fail_not_once()
    {
        var cluster = await Cluster.SharedAsync();
        await Installed.Boto3Async();
        await using var sidecar = await BriefSidecar.StartAsync(cluster, cluster.Sts, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(1.5));
        var sibling = TwoMinutes.Sibling(sidecar, cluster);
        var writing = TwoMinutes.WriteAsync(sibling, "outage");

        await Task.Delay(TimeSpan.FromSeconds(25), TestContext.Current.CancellationToken);
        await cluster.StopStsAsync();
        var (before, gone) = (sidecar.Renewals, Stopwatch.StartNew());

        // A minute with the time that the server takes to start: the sixth try comes after 62 to 66 s, the seventh too late.
        await Task.Delay(TimeSpan.FromSeconds(57), TestContext.Current.CancellationToken);
        var during = sidecar.Renewals - before;
        await cluster.StartStsAsync();
        TestContext.Current.SendDiagnosticMessage($"STS was gone for {gone.Elapsed.TotalSeconds:0.0} s");

        TwoMinutes.AssertNoneFailed(await writing, sidecar);
        Assert.InRange(during, 0, 1);
        Assert.InRange(sidecar.Renewals, 21, int.MaxValue);
        Assert.InRange(sidecar.Renewals - before - during, 3, int.MaxValue);
        Assert.InRange(sidecar.Logs.Lines.Count(line => line.Event.Id == 301), 3, 12);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id == 302);
    }
}
