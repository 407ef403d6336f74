using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CredentialSidecar.Testing.Processes;

/// <summary>
/// A network of its own, with loopback and 169.254.170.2, as the containers of a task share one. What listens in it leads out
/// to servers of the machine's network, and nothing else does.
/// </summary>
/// <remarks>
/// A network namespace belongs to a thread, and so do the sockets and processes that it makes: one thread enters a new one
/// and does all that has to happen inside.
/// </remarks>
internal sealed class TaskNetwork : IAsyncDisposable
{
    private const int NewNetwork = 0x40000000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(TcpListener Listener, Task Accepting)> _doors = [];
    private readonly Thread _thread;

    private TaskNetwork()
    {
        _thread = new Thread(() =>
        {
            foreach (var work in _work.GetConsumingEnumerable())
            {
                work();
            }
        })
        { IsBackground = true };
        _thread.Start();
    }

    /// <summary>A new one; none where this process may not make it.</summary>
    public static async Task<TaskNetwork?> TryMakeAsync()
    {
        var network = new TaskNetwork();

        if (await network.InsideAsync(() => Unshare(NewNetwork)) == 0
            && await network.IpAsync("link", "set", "lo", "up") && await network.IpAsync("address", "add", "169.254.170.2/32", "dev", "lo"))
        {
            return network;
        }

        await network.DisposeAsync();
        return null;
    }

    /// <summary>A connection to <paramref name="inside"/> in this network reaches <paramref name="outside"/>.</summary>
    public async Task OpenAsync(IPEndPoint inside, Uri outside)
    {
        var listener = await InsideAsync(() =>
        {
            var listener = new TcpListener(inside);
            listener.Start();
            return listener;
        });
        _doors.Add((listener, AcceptAsync(listener, outside)));
    }

    /// <summary>Runs a program in this network to its end.</summary>
    public async Task<ChildProcess.Ended> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        await using var child = await StartAsync(program, arguments, environment);
        return await child.EndAsync();
    }

    /// <summary>Starts a program in this network.</summary>
    public Task<ChildProcess> StartAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        InsideAsync(() => ChildProcess.Start(program, arguments, environment));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();

        foreach (var (listener, accepting) in _doors)
        {
            await accepting;
            listener.Dispose();
        }

        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
        _stop.Dispose();
    }

    private async Task<bool> IpAsync(params string[] words)
    {
        try
        {
            return await RunAsync("ip", words, CleanEnvironment.With()) is { Code: 0 };
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private Task<T> InsideAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    private async Task AcceptAsync(TcpListener listener, Uri outside)
    {
        var connections = new List<Task>();

        try
        {
            while (true)
            {
                connections.Add(LeadAsync(await listener.AcceptTcpClientAsync(_stop.Token), outside));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task LeadAsync(TcpClient client, Uri outside)
    {
        try
        {
            using var inner = client;
            using var server = new TcpClient();
            await server.ConnectAsync(outside.Host, outside.Port, _stop.Token);
            await Task.WhenAny(
                client.GetStream().CopyToAsync(server.GetStream(), _stop.Token),
                server.GetStream().CopyToAsync(client.GetStream(), _stop.Token));
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            // Either side is gone, which the other one sees as the end of its connection.
        }
    }

    [DllImport("libc", EntryPoint = "unshare")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unshare(int flags);
}
