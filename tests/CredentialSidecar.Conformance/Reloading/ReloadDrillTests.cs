using System.Globalization;
using System.Text.Json.Nodes;
using CredentialSidecar.Commands;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Networking;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Reloading;

/// <summary>A thousand reloads of the real program, twenty a second, while real clients call.</summary>
public sealed class ReloadDrillTests : IDisposable
{
    private const int Reloads = 1000;
    // 30 kB for each of the last 750 reloads. Tiered compilation takes about 8 MB meanwhile.
    private const long Allowed = 24 << 20;

    private readonly string _directory = Directory.CreateTempSubdirectory("drill-").FullName;
    private readonly CancellationTokenSource _over = new();

    private string File => Path.Combine(_directory, "sidecar.json");

    public void Dispose()
    {
        _over.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task No_call_fails_and_no_unchanged_session_is_fetched_again()
    {
        string[] boto3 = await Catalogue.Find("boto3").WordsAsync(20), go = await Catalogue.Find("gov2").WordsAsync(20);
        Write(0);
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(
            emulator,
            ("SIDECAR_CONFIG_FILE", File),
            ("SIDECAR_Control__Directory", _directory),
            ("SIDECAR_Logging__Level", null),
            // A container's limit does the same: without one, the collector lets garbage grow with the memory of the machine.
            ("DOTNET_GCHeapHardLimit", "0x4000000"));
        await sidecar.ReadyAsync();
        var session = await SessionAsync(sidecar);
        var environment = TaskFixture.SiblingOf(
            sidecar, "reports", emulator.Sts, ("CLIENT_STS_ENDPOINT", emulator.Sts.GetLeftPart(UriPartial.Authority)));

        var clients = new[] { CallAsync(boto3, environment), CallAsync(go, environment), ReadAsync(sidecar) };
        await ReloadAsync(1, Reloads / 4);
        var before = Resident(sidecar.Id);
        await ReloadAsync((Reloads / 4) + 1, Reloads);
        var after = Resident(sidecar.Id);
        await _over.CancelAsync();

        Assert.All(await Task.WhenAll(clients), calls => Assert.True(calls >= 20, $"a client made {calls} calls"));
        Assert.Equal(session, await SessionAsync(sidecar));
        Assert.True(
            after < before + Allowed, $"resident after {Reloads / 4} reloads: {before >> 20} MB, after {Reloads}: {after >> 20} MB");
    }

    /// <summary>Each reload changes one destination, and adds or removes another one.</summary>
    private async Task ReloadAsync(int first, int last)
    {
        var client = new ControlClient(
            new ControlSettings(Path.Combine(_directory, "control.sock"), "Control:Directory"), UnixPeer.UidOf, TimeSpan.FromSeconds(30));

        for (var i = first; i <= last; i++)
        {
            var pause = Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            Write(i);
            var reply = await client.AskAsync(ReloadCommand.Name, null, CancellationToken.None);
            Assert.True(reply.ExitCode == 0, reply.Text);
            await pause;
        }
    }

    private async Task<int> CallAsync(string[] words, Dictionary<string, string?> environment)
    {
        var calls = 0;

        while (!_over.IsCancellationRequested)
        {
            var run = ClientRun.Of(await ChildProcess.RunAsync(words[0], words[1..], environment));
            Assert.Null(run.Error);
            Assert.All(run.Callers, caller => Assert.Contains(":assumed-role/reports/", caller, StringComparison.Ordinal));
            calls += run.Callers.Count;
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }

        return calls;
    }

    private static async Task<string> SessionAsync(SidecarProcess sidecar) =>
        (string)(await sidecar.GetAsync("reports")).Body["AccessKeyId"]!;

    // A hundred times a second, since an SDK reads far less often.
    private async Task<int> ReadAsync(SidecarProcess sidecar)
    {
        var reads = 0;

        while (!_over.IsCancellationRequested)
        {
            var (status, body) = await sidecar.GetAsync("reports");
            Assert.True(status == 200, $"{status}: {body}");
            Assert.Equal(DefaultWorld.Reports, (string?)body["RoleArn"]);
            reads++;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        return reads;
    }

    private void Write(int number)
    {
        var destinations = new JsonObject
        {
            ["reports"] = Destination(DefaultWorld.Reports, "orders", DefaultWorld.ExternalId),
            ["moved"] = Destination(DefaultWorld.Reader, $"moved-{number}"),
        };

        if (number % 2 == 0)
        {
            destinations["extra"] = Destination(DefaultWorld.Reader, "extra");
        }

        var text = new JsonObject { ["Destinations"] = destinations }.ToJsonString();
        System.IO.File.WriteAllText($"{File}.new", text);
        System.IO.File.Move($"{File}.new", File, overwrite: true);
    }

    private static JsonObject Destination(string role, string session, string? externalId = null)
    {
        var hop = new JsonObject { ["RoleArn"] = role, ["SessionName"] = session };

        if (externalId is not null)
        {
            hop["ExternalId"] = externalId;
        }

        return new JsonObject { ["Hops"] = new JsonArray(hop) };
    }

    private static long Resident(int id)
    {
        var line = System.IO.File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
