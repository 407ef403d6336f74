using System.Text.Json;

namespace Quickstart;

/// <summary>An ECS agent and an STS on this machine.</summary>
/// <param name="Agent">What 169.254.170.2 is in a task.</param>
/// <param name="RelativeUri">What ECS puts into <c>AWS_CONTAINER_CREDENTIALS_RELATIVE_URI</c>.</param>
internal sealed record Emulator(Child Process, string Agent, string RelativeUri, string Metadata, string Sts) : IAsyncDisposable
{
    public const string Region = "eu-central-1";

    public static async Task<Emulator> StartAsync(CancellationToken cancellationToken)
    {
        var process = Child.Start("The emulator", Programs.Emulator, new Dictionary<string, string>());

        try
        {
            return await process.WaitForLineAsync(
                line => LogLine.Read(line) is { } started && started.TryGetProperty("agent", out _) ? Read(process, started) : null,
                cancellationToken);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static Emulator Read(Child process, JsonElement started)
    {
        return new Emulator(process, Text("agent"), Text("relativeUri"), Text("metadata"), Text("sts"));

        string Text(string name) => started.GetProperty(name).GetString()!;
    }
}
