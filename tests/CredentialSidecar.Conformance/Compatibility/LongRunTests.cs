using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Conformance.Supervisor;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>All clients call one sidecar, which makes a new token at SIGHUP and is killed and started again by its supervisor.</summary>
public sealed class LongRunTests(LongRun run) : IClassFixture<LongRun>
{
    public static TheoryData<string> Clients => Column.Rotation.Clients;

    [Theory, MemberData(nameof(Clients))]
    public async Task R12_A_client_goes_on_with_the_token_of_the_file_or_ends_with_that_of_the_variable(string id)
    {
        var client = Catalogue.Find(id);
        await client.VersionAsync();
        var (cell, details) = (await run.CellsAsync())[id];

        await Results.SawAsync(client, Column.Rotation, cell, details);
    }
}

/// <summary>The one run.</summary>
public sealed class LongRun : IDisposable
{
    private const int SIGHUP = 1;

    private readonly string _directory = Directory.CreateTempSubdirectory("long-run-").FullName;
    private readonly Dictionary<Client, LongCalls> _calls = [];
    private readonly Lazy<Task<Dictionary<string, (string Cell, string Details)>>> _cells;

    public LongRun() => _cells = new(RunAsync);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public Task<Dictionary<string, (string Cell, string Details)>> CellsAsync() => _cells.Value;

    private async Task<Dictionary<string, (string Cell, string Details)>> RunAsync()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var task = await SupervisedTask.StartAsync(emulator, _directory);
        using var http = new HttpClient();

        try
        {
            await StartAsync(task, emulator, http);
            var former = task.Token;

            task.Supervisor.Signal(SIGHUP);
            await Eventually.HoldsAsync(() => task.Token.Length > 0 && task.Token != former, () => "no new token");
            await AllGoOnAsync(calls => calls.Asked(200));

            await task.KillServerAsync();
            await task.ReadyAsync();
            var token = task.Token;
            Assert.NotEqual(former, token);
            Assert.Equal((401, 200), (await task.AskAsync(former), await task.AskAsync(token)));
            await AllGoOnAsync(calls => calls.Asked(200, token) + calls.Asked(401));

            return _calls.ToDictionary(
                pair => pair.Key.Id,
                pair => (pair.Value.Asked(200, token) > 0 && !pair.Value.HasEnded ? "works" : "fails", $"{pair.Value}"));
        }
        finally
        {
            foreach (var calls in _calls.Values)
            {
                await calls.DisposeAsync();
            }
        }
    }

    /// <summary>Four at a time, so that none is late because all of them start.</summary>
    private async Task StartAsync(SupervisedTask task, EmulatorProcess emulator, HttpClient http)
    {
        foreach (var client in Catalogue.All.Where(Column.Rotation.IsAskedOf))
        {
            if (await client.IsThereAsync())
            {
                _calls[client] = new LongCalls(new Uri($"http://127.0.0.1:{task.Port}"), http);
            }
        }

        await Parallel.ForEachAsync(_calls, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (pair, _) =>
        {
            var (client, calls) = pair;
            calls.Start(await client.WordsAsync(10_000), RingTests.EnvironmentOf(client, CleanEnvironment.With(
            [
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{calls.Address}v1/credentials"),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN", task.Token),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Path.Combine(_directory, "token")),
                ("AWS_ENDPOINT_URL_STS", emulator.Sts.GetLeftPart(UriPartial.Authority)),
                ("AWS_REGION", "eu-central-1"), ("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_EC2_METADATA_DISABLED", "true"),
                ("AWS_CONFIG_FILE", "/nonexistent/config"), ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
                ("CLIENT_GOES_ON", "true"), ("CLIENT_PAUSE", "1"),
            ]), emulator.Sts));
            await Eventually.HoldsAsync(() => calls.Good > 0 || calls.HasEnded, calls.ToString);
            Assert.False(calls.HasEnded, $"{client.Id}: {calls}");
        });
    }

    /// <summary>Until each has had another answer, and has called with it unless it could not.</summary>
    private async Task AllGoOnAsync(Func<LongCalls, int> answers)
    {
        var before = _calls.Values.ToDictionary(calls => calls, calls => (Answers: answers(calls), calls.Good));
        var refused = _calls.Values.ToDictionary(calls => calls, calls => calls.Asked(401));

        foreach (var (client, calls) in _calls)
        {
            await Eventually.HoldsAsync(
                () => calls.HasEnded || calls.Asked(401) > refused[calls]
                    || (answers(calls) > before[calls].Answers && calls.Good > before[calls].Good + 1),
                () => $"{client.Id}: {calls}");
        }
    }
}
