using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Conformance.Access;

/// <summary>A real browser that runs in the task, and a page that wants its credentials.</summary>
public sealed class BrowserTests : IAsyncLifetime
{
    private readonly string _audit = Path.Combine(Directory.CreateTempSubdirectory("audit").FullName, "audit");
    private EmulatorProcess _emulator = null!;

    public async ValueTask InitializeAsync() => _emulator = await EmulatorProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_audit)!, recursive: true);
    }

    [Fact]
    public async Task E8_No_way_in_which_a_page_can_ask_is_answered_even_where_no_token_is_wanted()
    {
        await using var sidecar = await StartAsync(("SIDECAR_TOKEN", null), ("SIDECAR_Access__AllowAnonymous", "true"));
        await using var attacker = new Attacker($$"""
            const to = way => "{{new Uri(sidecar.Endpoint, "v1/credentials")}}?" + way;
            const asked = (tag, way, set) => new Promise(done => {
              const element = Object.assign(document.createElement(tag), set(to(way)));
              element.onload = () => done("loaded");
              element.onerror = () => done("failed");
              document.body.append(element);
              if (tag === "form") { element.submit(); setTimeout(() => done("sent"), 1000); }
            });
            const fetched = (way, how) => fetch(to(way), how).then(async a => a.type + " " + await a.text(), e => e.name);
            return {
              cors: await fetched("cors", {}),
              token: await fetched("token", { headers: { Authorization: "guessed" } }),
              opaque: await fetched("opaque", { mode: "no-cors" }),
              image: await asked("img", "image", src => ({ src })),
              script: await asked("script", "script", src => ({ src })),
              frame: await asked("iframe", "frame", src => ({ src })),
              form: await asked("form", "form", action => ({ action, method: "post", target: document.body.appendChild(Object.assign(document.createElement("iframe"), { name: "f" })).name })),
            };
            """);

        var report = await attacker.ReportAsync();

        Assert.Equal(("TypeError", "TypeError", "opaque "), ((string?)report["cors"], (string?)report["token"], (string?)report["opaque"]));
        Assert.Equal(("failed", "failed", "sent"), ((string?)report["image"], (string?)report["script"], (string?)report["form"]));

        // Each of the seven came, the one with a token as its preflight, and none got more than a refusal.
        var answers = await AnswersToBrowserAsync(7);
        Assert.All(answers, line => Assert.Equal((403, "RequestNotAllowed", null), ((int)line["status"]!, (string?)line["reason"], (string?)line["accessKeyId"])));
    }

    [Fact]
    public async Task E7_A_page_whose_name_leads_to_the_sidecar_by_then_gets_nothing_though_it_has_the_token()
    {
        await using var sidecar = await StartAsync();
        Assert.StartsWith("""403 {"code":"RequestNotAllowed","message":"The Host header""", await ReboundAsync(sidecar), StringComparison.Ordinal);
        Assert.All(await AnswersToBrowserAsync(1), line => Assert.Equal(403, (int)line["status"]!));

        // The name is all that stops it: where an operator lists it, the same page reads everything.
        await using var open = await StartAsync(("SIDECAR_Access__Hosts__1", "rebound.example"));
        Assert.StartsWith("""200 {"AccessKeyId":"ASIA""", await ReboundAsync(open), StringComparison.Ordinal);
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

    private async Task<SidecarProcess> StartAsync(params IEnumerable<(string, string?)> settings)
    {
        var sidecar = await SidecarProcess.StartAsync(_emulator,
            [("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId), ("SIDECAR_Audit__File", _audit), .. settings]);
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
                lines = [.. (await File.ReadAllLinesAsync(_audit)).Select(line => JsonNode.Parse(line)!).Where(line => ((string?)line["userAgent"])?.Contains("Chrome", StringComparison.Ordinal) == true)];
                return lines.Length >= count;
            },
            () => $"{lines.Length} of {count} lines: {JsonSerializer.Serialize(lines)}");
        return lines;
    }
}
