namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>Runs all clients of a class side by side, where they mostly sleep.</summary>
public sealed class SideBySide
{
    // For all classes together: more would keep each other from starting.
    private static readonly SemaphoreSlim Together = new(6);

    private readonly Lock _gate = new();
    private Dictionary<string, Task>? _runs;

    /// <summary>The first caller starts all of them.</summary>
    internal async Task<T> OfAsync<T>(Client wanted, Func<Client, Task<T>> run)
    {
        lock (_gate)
        {
            _runs ??= Catalogue.All.Where(client => !client.RelativeOnly)
                .ToDictionary(client => client.Id, client => (Task)Task.Run(() => RunAsync(client, run)));
        }

        return (await (Task<T?>)_runs[wanted.Id])!;
    }

    private static async Task<T?> RunAsync<T>(Client client, Func<Client, Task<T>> run)
    {
        if (!await client.IsThereAsync())
        {
            return default;
        }

        await Together.WaitAsync();

        try
        {
            return await run(client);
        }
        finally
        {
            Together.Release();
        }
    }
}
