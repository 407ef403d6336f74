using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Networking;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>When connections without a valid token are given to the server.</summary>
public sealed class StrangersQueueTests : IDisposable
{
    private readonly VirtualClock _clock = new();
    private readonly ConnectionBudget _room, _budget;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _peers = [], _accepted = [];
    private readonly List<PendingConnection> _started = [], _left = [];
    private readonly StrangersQueue _queue;

    public StrangersQueueTests()
    {
        (_room, _budget) = (new ConnectionBudget(32, 1, _clock), new ConnectionBudget(32, 1, _clock));
        _queue = new StrangersQueue(1, _started.Add, _left.Add, _clock);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public void Dispose()
    {
        _queue.Dispose();
        _peers.ForEach(peer => peer.Dispose());
        _accepted.ForEach(socket => socket.Dispose());
        _listener.Dispose();
        _room.Dispose();
        _budget.Dispose();
    }

    [Fact]
    public async Task The_next_one_starts_when_the_request_of_the_first_begins()
    {
        var (first, second) = (await ConnectAsync(), await ConnectAsync());
        _queue.Add(first);
        _queue.Add(second);
        Assert.Equal([first], _started);
        Assert.True(_queue.IsBusy);

        first.Guest.Begin();
        Assert.Equal([first, second], _started);
    }

    [Fact]
    public async Task Half_a_request_holds_its_turn_for_ten_milliseconds()
    {
        var (first, second, third) = (await ConnectAsync(), await ConnectAsync(), await ConnectAsync());
        _queue.Add(first);
        _queue.Add(second);
        _queue.Add(third);
        _clock.Advance(StrangersQueue.LongestTurn);
        Assert.Equal([first, second], _started);
        _clock.Advance(StrangersQueue.LongestTurn);
        Assert.Equal([first, second, third], _started);

        // Its end frees nothing a second time.
        first.Guest.Begin();
        Assert.True(_queue.IsBusy);
    }

    [Fact]
    public async Task One_whose_peer_hung_up_meanwhile_never_starts()
    {
        var (first, second, third) = (await ConnectAsync(), await ConnectAsync(), await ConnectAsync());
        _queue.Add(first);
        _queue.Add(second);
        _queue.Add(third);
        _peers[1].Close();
        await Eventually.HoldsAsync(() => second.State.HasHungUp, () => "the end did not arrive");

        first.Guest.Begin();
        Assert.Equal([first, third], _started);
        Assert.Equal([second], _left);
    }

    private async Task<PendingConnection> ConnectAsync()
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _peers.Add(peer);
        await peer.ConnectAsync(_listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        var accepted = await _listener.AcceptAsync(TestContext.Current.CancellationToken);
        _accepted.Add(accepted);

        // F_DUPFD_CLOEXEC of fcntl.h: the connection closes its descriptor itself.
        var fd = Libc.FileControl(accepted.SafeHandle.DangerousGetHandle().ToInt32(), 1030, 0);
        var connection = new PendingConnection(fd, IPAddress.Loopback, _room, _budget);
        Assert.True(await _room.AdmitAsync(connection.Waiting, TestContext.Current.CancellationToken));
        return connection;
    }
}
