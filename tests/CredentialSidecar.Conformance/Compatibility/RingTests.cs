using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>One question to every client. Classes run beside each other, the clients within one after the other.</summary>
public abstract class RingTests(TaskFixture task)
{
    protected const string Works = "works";
    protected const string Fails = "fails";

    public static TheoryData<string> EveryClient => [.. Catalogue.All.Select(client => client.Id)];

    public static TheoryData<string> ClientsOfFullUri => [.. from client in Catalogue.All where !client.RelativeOnly select client.Id];

    internal TaskFixture Task => task;

    /// <summary>As a sibling that reads the destination called reports, and has the token in the variable and in a file.</summary>
    internal Task<ClientRun> AskAsync(Client client, int calls, Uri? endpoint, params IEnumerable<(string Name, string? Value)> changes) =>
        RunAsync(
            client, calls,
            task.Sibling("reports", endpoint, [("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", task.TokenFile), .. changes]),
            task.Emulator.Sts);

    /// <param name="before">A program that becomes the client, with its arguments.</param>
    internal static async Task<ClientRun> RunAsync(
        Client client, int calls, Dictionary<string, string?> sibling, Uri sts, params string[] before)
    {
        string[] words = [.. before, .. await client.WordsAsync(calls)];
        return ClientRun.Of(await ChildProcess.RunAsync(words[0], words[1..], EnvironmentOf(client, sibling, sts)));
    }

    internal static Dictionary<string, string?> EnvironmentOf(Client client, Dictionary<string, string?> sibling, Uri sts)
    {
        foreach (var (name, value) in client.Environment)
        {
            sibling[name] = value;
        }

        // Not every version reads AWS_ENDPOINT_URL_STS.
        sibling["CLIENT_STS_ENDPOINT"] = sts.GetLeftPart(UriPartial.Authority);
        return sibling;
    }

    /// <summary>Whom each call was made as: a destination of the sidecar's, or the task role.</summary>
    internal async Task<IReadOnlyList<string>> WhoAsync(ClientRun run)
    {
        using var http = new HttpClient();
        var taskRole = JsonNode.Parse(await http.GetStringAsync(new Uri(task.Emulator.Agent, task.Emulator.RelativeUri)))!;
        var reports = (await task.Sidecar.GetAsync("reports")).Body;
        var reader = (await task.Sidecar.GetAsync("reader")).Body;

        return [.. run.Callers.Select(caller =>
            Is(caller, reports) ? "reports" : Is(caller, reader) ? "reader" : Is(caller, taskRole) ? "the task role" : caller)];

        static bool Is(string caller, JsonNode credentials) =>
            caller == (string?)credentials["AccessKeyId"]
            || caller.Contains($":assumed-role/{((string)credentials["RoleArn"]!).Split('/')[^1]}/", StringComparison.Ordinal);
    }

    /// <summary>Whether all calls were made, and all as one.</summary>
    internal async Task<bool> AllAreAsync(string who, ClientRun run, int calls) =>
        run.Error is null && (await WhoAsync(run)).SequenceEqual(Enumerable.Repeat(who, calls));

    /// <summary>Whom all calls were made as; "fails" where one was not made.</summary>
    internal async Task<string> RoleAsync(ClientRun run) =>
        run.Error is null ? string.Join(" and ", (await WhoAsync(run)).Distinct()) : Fails;

    internal static string Describe(ClientRun run) =>
        JsonSerializer.Serialize(new { run.Callers, run.Error, run.Ended.Code, run.Ended.Errors });
}
