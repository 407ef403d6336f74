using System.Collections.Frozen;
using CredentialSidecar.Caching;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Hosting;

/// <summary>The result of a reload, with a text for the operator.</summary>
/// <param name="IsApplied">Another configuration is served now.</param>
/// <param name="Summary">Without a full stop.</param>
internal sealed record ReloadResult(bool IsApplied, IReadOnlyList<Mistake> Mistakes, string Summary)
{
    /// <summary>What could not be done, as clauses; the summary has them too.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What is doubtful in the configuration that is served.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The summary, and a line for each mistake or warning.</summary>
    public string Text =>
        Mistakes.Count == 0 ? string.Join('\n', Warnings.Select(warning => $"Warning: {warning}.").Prepend($"{Summary}."))
            : string.Join('\n', Mistakes.Select(mistake => $"  {Ended($"{mistake}")}").Prepend($"{Summary}:"));

    public static ReloadResult Unchanged(IReadOnlyList<string> needRestart) =>
        new(false, [], needRestart.Count == 0 ? "The configuration has not changed"
            : $"Nothing that a reload can change has changed{Restart(needRestart)}");

    public static ReloadResult Rejected(IReadOnlyList<Mistake> mistakes) => new(false, mistakes,
        $"{(mistakes.Count == 1 ? "1 mistake" : $"{mistakes.Count} mistakes")}, so the former configuration is still served");

    public static ReloadResult Applied(
        (SessionTree Tree, IReadOnlyList<ClientSettings> Clients) former, (SessionTree Tree, IReadOnlyList<ClientSettings> Clients) next,
        IEnumerable<string> settings, IReadOnlyList<string> problems, IReadOnlyList<string> needRestart)
    {
        var (before, after) = (former.Tree.Destinations.ToDictionary(d => d.Name), next.Tree.Destinations.ToDictionary(d => d.Name));
        var kept = after.Values.Count(d => before.GetValueOrDefault(d.Name)?.Node == d.Node);
        return new(true, [], "Reloaded the configuration: "
            + Changes("destination", before, after, (a, b) => a == b)
            + Changes("client", former.Clients.ToDictionary(c => c.Name), next.Clients.ToDictionary(c => c.Name), IsSame)
            + Part("changed", "setting", settings)
            + $"{kept} {(kept == 1 ? "destination keeps its session" : "destinations keep their sessions")}"
            + string.Concat(problems.Select(problem => $"; {problem}")) + Restart(needRestart)) { Problems = problems };
    }

    private static string Changes<T>(string what, Dictionary<string, T> before, Dictionary<string, T> after, Func<T, T, bool> isSame) =>
        Part("added", what, after.Keys.Except(before.Keys))
        + Part("changed", what, after.Keys.Where(name => before.TryGetValue(name, out var other) && !isSame(other, after[name])))
        + Part("removed", what, before.Keys.Except(after.Keys));

    private static bool IsSame(ClientSettings a, ClientSettings b) =>
        Plain(a) == Plain(b)
        && IsSame(a.Destinations, b.Destinations) && IsSame(a.Uids, b.Uids);

    private static bool IsSame<T>(FrozenSet<T>? a, FrozenSet<T>? b) => a is null ? b is null : b is not null && a.SetEquals(b);

    // A generated token is not part of the configuration.
    private static ClientSettings Plain(ClientSettings client) => client with
    {
        Destinations = null, Uids = null, Distrusted = null, Token = client.Origin == TokenOrigin.Generated ? null : client.Token,
    };

    private static string Ended(string text) => text.EndsWith('?') ? text : $"{text}.";

    private static string Part(string verb, string what, IEnumerable<string> names)
    {
        string[] all = [.. names.Order(StringComparer.Ordinal)];
        return all.Length == 0 ? "" : $"{verb} {what}{(all.Length == 1 ? "" : "s")} {PlainText.Names(all)}; ";
    }

    private static string Restart(IReadOnlyList<string> keys) => keys.Count == 0 ? ""
        : $"; {string.Join(", ", keys)} {(keys.Count == 1 ? "needs" : "need")} a restart of the sidecar";
}
