using System.Text.Json;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>A sidecar that writes its audit to a file, and readers of that file.</summary>
public abstract class AuditTest : IDisposable
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("audit-").FullName;

    private protected string AuditPath => Path.Combine(Folder, "audit.jsonl");

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static string? Text(JsonElement line, string name) =>
        line.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null;

    private protected static string Count(JsonElement line) => line.TryGetProperty("count", out var count) ? count.ToString() : "";

    private protected static AuditLine ServedTo(string? client) => new(
        VirtualClock.Start, 200, "ok", client, "reports", "127.0.0.1", null, null, null, null, null, null, null);

    private protected static async Task<SidecarFixture> StartAsync(string? file, params IEnumerable<(string, string?)> changes)
    {
        var sidecar = await SidecarFixture.StartAsync(null, [("SIDECAR_Audit__File", file), .. changes]);
        await sidecar.SettleAsync();
        return sidecar;
    }

    private protected static async Task GetAsync(SidecarFixture sidecar, string path)
    {
        using var answer = await sidecar.Client.GetAsync(path, TestContext.Current.CancellationToken);
    }

    private protected static Task UntilLoggedAsync(SidecarFixture sidecar, int number) =>
        Eventually.HoldsAsync(() => sidecar.Logs.Lines.Any(line => line.Event.Id == number), () => $"No event {number}.");

    private protected Task UntilWrittenAsync(int lines) => Eventually.HoldsAsync(
        () => File.Exists(AuditPath) && File.ReadAllText(AuditPath).Count(letter => letter == '\n') >= lines,
        () => $"Fewer than {lines} lines.");

    private protected JsonElement[] Lines() =>
        [.. File.ReadAllLines(AuditPath).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
}
