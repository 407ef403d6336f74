using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>
/// A network namespace with loopback and 169.254.170.2, as the containers of a task share one. Listeners that a test opens in it
/// lead to servers outside. Nothing else leads outside.
/// </summary>
internal sealed class TaskNetwork : IAsyncDisposable
{
    private const int NewNetwork = 0x40000000;

    private readonly NetworkNamespace _network;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(TcpListener Listener, Task Accepting)> _doors = [];

    private TaskNetwork(NetworkNamespace network) => _network = network;

    /// <summary>A new one; null where this process may not make it.</summary>
    public static async Task<TaskNetwork?> TryMakeAsync()
    {
        if (await NetworkNamespace.TryCreateAsync("doors") is not { } network)
        {
            return null;
        }

        await network.DoAsync("ip", "address", "add", "169.254.170.2/32", "dev", "lo");
        return new TaskNetwork(network);
    }

    /// <summary>A connection to <paramref name="inside"/> in this network reaches <paramref name="outside"/>.</summary>
    public Task OpenAsync(IPEndPoint inside, Uri outside)
    {
        TcpListener? listener = null;
        Exception? fault = null;

        // A namespace belongs to a thread, and a socket to the namespace of the thread that makes it. Nothing else runs on this one.
        var thread = new Thread(() =>
        {
            try
            {
                using var network = File.OpenHandle($"/run/netns/{_network.Name}");
                Assert.Equal(0, SetNamespace(network, NewNetwork));
                listener = new TcpListener(inside);
                listener.Start();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();

        if (listener is null || fault is not null)
        {
            throw new InvalidOperationException($"no listener at {inside} in {_network.Name}", fault);
        }

        _doors.Add((listener, AcceptAsync(listener, outside)));
        return Task.CompletedTask;
    }

    /// <summary>Runs a program in this network to its end.</summary>
    public Task<ChildProcess.Ended> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        ChildProcess.RunAsync("ip", _network.In([program, .. arguments]), environment);

    /// <summary>Starts a program in this network.</summary>
    public Task<ChildProcess> StartAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        Task.FromResult(ChildProcess.Start("ip", _network.In([program, .. arguments]), environment));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();

        foreach (var (listener, accepting) in _doors)
        {
            await accepting;
            listener.Dispose();
        }

        _stop.Dispose();
        await _network.DisposeAsync();
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

    [DllImport("libc", EntryPoint = "setns")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeHandle network, int kind);
}
