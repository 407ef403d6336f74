using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Access;

/// <summary>A real browser that runs in the task, and a page that wants its credentials.</summary>
public sealed partial class BrowserTests : IAsyncLifetime
{
    private readonly string _audit = Path.Combine(Directory.CreateTempSubdirectory("audit").FullName, "audit");
    private EmulatorProcess _emulator = null!;

    public async ValueTask InitializeAsync() => _emulator = await EmulatorProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_audit)!, recursive: true);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.170.2")]
    public async Task No_request_that_a_page_can_send_is_answered_even_without_a_required_token(string address)
    {
        // Plain HTTP to this address is not a secure context, so browsers do not name the page's origin in the request.
        await using var network = address == "127.0.0.1" ? null : await TaskNetwork.TryMakeAsync();
        Assert.SkipWhen(
            network is null && address != "127.0.0.1",
            "A network namespace cannot be made here: run as root, with apt-get install -y iproute2");
        await using var sidecar = await StartAsync([.. Anonymous, ("SIDECAR_Access__Hosts__1", address)]);
        await using var between = Forwarder.To(sidecar.Endpoint);
        var port = network is null ? between.Address.Port : 80;
        await (network?.OpenAsync(new IPEndPoint(IPAddress.Parse(address), port), between.Address) ?? Task.CompletedTask);
        await using var attacker = new Attacker(WaysToAsk.Of($"http://{address}:{port}/creds"), null, network);

        var report = await attacker.ReportAsync();

        Assert.Equal(("TypeError", "TypeError", "opaque "), ((string?)report["cors"], (string?)report["token"], (string?)report["opaque"]));
        await Eventually.HoldsAsync(() => Missing(between) is [], () => $"not asked: {string.Join(' ', Missing(between))}");
        await Eventually.HoldsAsync(
            () => Statuses(between).Length >= WaysToAsk.Certain.Length,
            () => $"{Statuses(between).Length} answers");
        Assert.All(Statuses(between), status => Assert.Equal("403", status));
        Assert.DoesNotContain("AccessKeyId", between.Answers, StringComparison.Ordinal);

        // Nothing but the browser is what was in the way: curl is answered by the same address and name.
        string[] curl = ["-s", $"http://{address}:{port}/creds"];
        var other = network is null
            ? await ChildProcess.RunAsync("curl", curl, CleanEnvironment.With())
            : await network.RunAsync("curl", curl, CleanEnvironment.With());
        Assert.Contains("AccessKeyId", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_typed_or_linked_shows_no_credentials()
    {
        await Attacker.SkipWithoutBrowserAsync();
        await using var network = await TaskNetwork.TryMakeAsync();
        Assert.SkipWhen(network is null, "A network namespace cannot be made here: run as root, with apt-get install -y iproute2");
        await using var sidecar = await StartAsync([.. Anonymous, ("SIDECAR_Access__Hosts__1", "169.254.170.2")]);
        await network.OpenAsync(new IPEndPoint(IPAddress.Parse("169.254.170.2"), 80), sidecar.Endpoint);
        var words = Attacker.Typing("http://169.254.170.2/creds", Path.GetDirectoryName(_audit)!);

        var shown = await network.RunAsync(words[0], words[1..], CleanEnvironment.With());

        Assert.Contains("RequestNotAllowed", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("AccessKeyId", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_whose_name_is_rebound_to_the_sidecar_gets_nothing_even_with_the_token()
    {
        await using var sidecar = await StartAsync();
        const string WrongHost = """403 {"code":"RequestNotAllowed","message":"The Host header""";
        Assert.StartsWith(WrongHost, await ReboundAsync(sidecar), StringComparison.Ordinal);
        Assert.All(await AnswersToBrowserAsync(1), line => Assert.Equal(403, (int)line["status"]!));

        // Where an operator lists that name, the page is of the same origin, and the browser's own name still stops it.
        await using var open = await StartAsync(("SIDECAR_Access__Hosts__1", "rebound.example"));
        const string Browser = """403 {"code":"RequestNotAllowed","message":"The User-Agent is a browser's""";
        Assert.StartsWith(Browser, await ReboundAsync(open), StringComparison.Ordinal);
    }

    // From the browser's side and from the sidecar's it is as if the name's address had changed from 127.0.0.2 to 127.0.0.1.
    private static async Task<string> ReboundAsync(SidecarProcess sidecar)
    {
        await using var attacker = new Attacker($$"""
            const answer = await fetch("/v1/credentials", { headers: { Authorization: "{{sidecar.Token}}" } });
            return answer.status + " " + await answer.text();
            """, sidecar.Endpoint.Port);
        return (await attacker.ReportAsync()).GetValue<string>();
    }

    private static IEnumerable<(string, string?)> Anonymous =>
        [("SIDECAR_TOKEN", null), ("SIDECAR_Access__AllowAnonymous", "true"), ("SIDECAR_Listen__LocalEndpoints", "true")];

    private static string[] Missing(Forwarder between) =>
        [.. WaysToAsk.Certain.Where(way =>
            !between.Questions.Contains($"way={way} HTTP", StringComparison.Ordinal)
            && !between.Questions.Contains($"\r\nway={way}", StringComparison.Ordinal))];

    private static string[] Statuses(Forwarder between) => [.. Status().Matches(between.Answers).Select(match => match.Groups[1].Value)];

    private async Task<SidecarProcess> StartAsync(params IEnumerable<(string, string?)> settings)
    {
        var sidecar = await SidecarProcess.StartAsync(_emulator,
            [
                ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
                ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
                ("SIDECAR_Audit__File", _audit),
                .. settings,
            ]);
        await sidecar.ReadyAsync();
        return sidecar;
    }

    // The audit is written behind the back of the request.
    private async Task<JsonNode[]> AnswersToBrowserAsync(int count)
    {
        JsonNode[] lines = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                lines =
                [
                    .. (await File.ReadAllLinesAsync(_audit))
                        .Select(line => JsonNode.Parse(line)!)
                        .Where(line => ((string?)line["userAgent"])?.Contains("Chrome", StringComparison.Ordinal) == true),
                ];
                return lines.Length >= count;
            },
            () => $"{lines.Length} of {count} lines: {JsonSerializer.Serialize(lines)}");
        return lines;
    }

    [GeneratedRegex(@"HTTP/1\.1 (\d{3}) ")]
    private static partial Regex Status();
}
