using System.Net.Sockets;
using System.Text;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Conformance.Access;

/// <summary>Thousands of requests that no SDK sends, by seeded chance: nothing comes out, nothing breaks, nothing grows.</summary>
/// <remarks>The sidecar delays each rejection by half a second and closes its connection, so the test needs many connections.</remarks>
public sealed class FuzzTests
{
    private const int Requests = 50_000;
    private const int Connections = 400;
    private const int Seed = 20261121;
    private const int Parts = 6;

    [Fact]
    public async Task No_fuzzed_request_gets_credentials_or_a_5xx_or_grows_the_memory()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("SIDECAR_Logging__Level", "Information"),
            ("SIDECAR_Audit__Log", "false"),
            ("SIDECAR_Access__RequestsPerSecond", "100000"));
        await sidecar.ReadyAsync();

        // As large as it gets before anything is measured.
        var warm = await Task.WhenAll(Enumerable.Range(0, Connections)
            .Select(worker => FuzzAsync(sidecar, Seed - worker - 1, Requests / Connections / 5)));
        var before = ResidentKilobytes(sidecar.Id);
        var counts = new List<Dictionary<int, int>>();
        var after = long.MaxValue;

        // Garbage comes and goes by tens of megabytes; what leaks is there at each of the last looks.
        for (var part = 0; part < Parts; part++)
        {
            var first = Seed + (part * Connections);
            counts.AddRange(await Task.WhenAll(Enumerable.Range(0, Connections)
                .Select(worker => FuzzAsync(sidecar, first + worker, (Requests / Connections / Parts) + 1))));
            after = part < Parts / 2 ? after : Math.Min(after, ResidentKilobytes(sidecar.Id));
        }

        var answered = counts.SelectMany(count => count)
            .GroupBy(pair => pair.Key, pair => pair.Value)
            .ToDictionary(group => group.Key, group => group.Sum());
        var summary = string.Join(", ", answered.OrderBy(a => a.Key).Select(a => $"{a.Key} x {a.Value}"));
        TestContext.Current.SendDiagnosticMessage("fuzzed: {0}; {1} kB, then {2} kB", summary, before, after);

        Assert.NotEmpty(warm);
        Assert.True(answered.Values.Sum() >= Requests, $"only {answered.Values.Sum()} requests were sent");
        Assert.Subset(new HashSet<int> { 0, 200, 400, 401, 403, 404, 405, 408, 414, 431, 503, 505 }, answered.Keys.ToHashSet());
        Assert.All(
            (int[])[200, 400, 401, 403, 404, 405],
            status => Assert.True(answered.GetValueOrDefault(status) > 20, $"{status} came {answered.GetValueOrDefault(status)} times"));
        Assert.True(after < before + 40_000, $"grew from {before} kB to {after} kB");

        // It still serves who may ask, and has found no fault with itself.
        Assert.Equal(200, (await sidecar.GetAsync("default")).Status);
        Assert.DoesNotContain(
            sidecar.Output,
            line => line.Contains("Exception", StringComparison.Ordinal) || line.Contains("\"EventId\":401,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Slow_and_idle_connections_are_ended_and_a_full_listener_leaves_the_probes_alone()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(
            emulator, ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId));
        await sidecar.ReadyAsync();

        var slow = new List<TcpClient>();

        try
        {
            for (var i = 0; i < 1_100; i++)
            {
                var client = new TcpClient();
                slow.Add(client);
                await client.ConnectAsync(sidecar.Endpoint.Host, sidecar.Endpoint.Port, TestContext.Current.CancellationToken);
                await client.GetStream().WriteAsync("GET /v1/cred"u8.ToArray(), TestContext.Current.CancellationToken);
            }

            Assert.Equal((200, 200), (await sidecar.HealthAsync("livez"), await sidecar.HealthAsync("readyz")));

            // Their headers had five seconds.
            await Eventually.HoldsAsync(async () => await AnswersAsync(sidecar), () => "the listener stayed full");
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }
    }

    private static async Task<bool> AnswersAsync(SidecarProcess sidecar)
    {
        try
        {
            return (await sidecar.GetAsync("default")).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <returns>How often each status came; 0 where the connection was ended without one.</returns>
    private static async Task<Dictionary<int, int>> FuzzAsync(SidecarProcess sidecar, int seed, int requests)
    {
        var random = new Random(seed);
        var counts = new Dictionary<int, int>();

        for (var sent = 0; sent < requests;)
        {
            // Several at once on one connection, the last of which ends it.
            var size = random.Next(1, 7);
            var batch = Enumerable.Range(0, size)
                .Select(i => FuzzedRequest.Make(random, sidecar.Token, sidecar.Endpoint.Port, isLast: i == size - 1))
                .ToArray();
            var bytes = Encoding.Latin1.GetBytes(string.Concat(batch.Select(request => request.Text)));
            var answers = await AskAsync(sidecar.Endpoint, bytes, batch[^1].IsBroken);

            // They come in the order of their requests; a broken one may have brought about several, and those hold nothing.
            foreach (var (i, answer) in answers.Index())
            {
                var mayServe = i < size && batch[i].MayServe;
                Assert.True(mayServe || !answer.Contains("SecretAccessKey", StringComparison.Ordinal), i < size ? batch[i].Text : answer);
                Assert.True(mayServe || !answer.StartsWith('2'), i < size ? batch[i].Text : answer);
            }

            var statuses = answers
                .Select(answer => int.Parse(answer[..3], System.Globalization.CultureInfo.InvariantCulture))
                .Concat(Enumerable.Repeat(0, Math.Max(0, size - answers.Length)));

            foreach (var status in statuses)
            {
                counts[status] = counts.GetValueOrDefault(status) + 1;
            }

            sent += size;
        }

        return counts;
    }

    private static async Task<string[]> AskAsync(Uri server, byte[] request, bool isBroken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        using var answer = new MemoryStream();

        try
        {
            await client.ConnectAsync(server.Host, server.Port, limit.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(request, limit.Token);

            // Or it would wait for the rest of what never comes.
            if (isBroken)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }

            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // It hung up on what it took for nonsense.
        }

        return [.. Encoding.Latin1.GetString(answer.ToArray()).Split("HTTP/1.1 ").Skip(1)];
    }

    private static long ResidentKilobytes(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
