using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CredentialSidecar.Launcher.Forwarding;
using CredentialSidecar.Networking;
using CredentialSidecar.Testing.Processes;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>What the forwarder answers itself, and how it copies, in a thread of this process.</summary>
/// <remarks>The conformance tests run the program.</remarks>
public sealed class ForwardingTests
{
    [Fact]
    public void Each_answer_is_JSON_of_the_contract_and_fits_into_a_buffer()
    {
        foreach (var trouble in Enum.GetValues<ForwardTrouble>().Where(trouble => trouble != ForwardTrouble.None))
        {
            byte[] whole = [.. ForwardAnswers.Begin(trouble), .. ForwardAnswers.Message(trouble), .. ForwardAnswers.End(trouble)];
            var body = JsonDocument.Parse(whole).RootElement;
            var head = Encoding.ASCII.GetString(ForwardAnswers.Head(trouble));

            Assert.Contains($" {body.GetProperty("HTTPErrorCode")} ", head, StringComparison.Ordinal);
            Assert.Equal(ForwardAnswers.MayPass(trouble), body.GetProperty("code").GetString() == "SidecarUnreachable");
            Assert.EndsWith($": {body.GetProperty("message")}", ForwardAnswers.Line(trouble), StringComparison.Ordinal);

            // Its length is written with three digits.
            Assert.InRange(whole.Length, 100, 999);
        }
    }

    [Fact]
    public async Task A_missing_socket_is_answered_within_a_second_with_a_length_that_is_right()
    {
        using var forwarder = new RunningForwarder("/tmp/nowhere/credentials.sock");

        using var http = new HttpClient();
        using var response = await http.GetAsync(forwarder.Uri, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("SidecarUnreachable", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal("1", response.Headers.RetryAfter?.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(300_000)]
    public async Task Bytes_arrive_as_they_were_sent_in_both_directions(int length)
    {
        using var server = new ListeningSocket();
        using var forwarder = new RunningForwarder(server.Path);
        var sent = new byte[length];
        new Random(length).NextBytes(sent);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, forwarder.Port, TestContext.Current.CancellationToken);
        var (echo, stream) = (EchoAsync(), client.GetStream());
        await stream.WriteAsync(sent, TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, TestContext.Current.CancellationToken);
        await echo;

        Assert.Equal(sent, received.ToArray());

        // Reads all first, so that the buffers of the forwarder fill up.
        async Task EchoAsync()
        {
            using var accepted = await server.AcceptAsync();
            await using var stream = new NetworkStream(accepted);
            using var all = new MemoryStream();
            await stream.CopyToAsync(all, TestContext.Current.CancellationToken);
            await stream.WriteAsync(all.ToArray(), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_connection_that_its_program_closes_is_closed_at_the_sidecar()
    {
        using var server = new ListeningSocket();
        using var forwarder = new RunningForwarder(server.Path);

        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, forwarder.Port, TestContext.Current.CancellationToken);
        using var accepted = await server.AcceptAsync();
        client.Dispose();

        Assert.Equal(0, await accepted.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Nothing_is_sent_to_another_users_program_on_the_socket()
    {
        using var server = new ListeningSocket();
        using var forwarder = new RunningForwarder(server.Path, sidecar: 4711);

        using var http = new HttpClient();
        using var response = await http.GetAsync(forwarder.Uri, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        using var accepted = await server.AcceptAsync();
        Assert.Equal(0, await accepted.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_socket_is_opened_as_the_user_that_connected()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"), "Another user takes root and setpriv.");
        using var server = new ListeningSocket();
        using var forwarder = new RunningForwarder(server.Path);

        await using var client = ChildProcess.Start("setpriv",
            ["--reuid", "4711", "--clear-groups", "curl", "-s", forwarder.Uri.ToString()], CleanEnvironment.With());
        using var accepted = await server.AcceptAsync();
        Assert.Equal(4711u, UnixPeer.UidOf(accepted));

        // And the forwarder is itself again.
        using var own = new TcpClient();
        await own.ConnectAsync(IPAddress.Loopback, forwarder.Port, TestContext.Current.CancellationToken);
        using var second = await server.AcceptAsync();
        Assert.Equal(Libc.EffectiveUid(), UnixPeer.UidOf(second));
    }

    [Fact]
    public unsafe void Bytes_that_were_sent_do_not_stay_in_memory()
    {
        var buffer = stackalloc byte[Flow.BufferSize];
        var flow = new Flow { Buffer = buffer };
        flow.Put("a secret"u8);
        using var server = new ListeningSocket();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(server.Path));

        Assert.True(flow.Send(client.SafeHandle.DangerousGetHandle().ToInt32()));
        Assert.False(new Span<byte>(buffer, "a secret".Length).ContainsAnyExcept((byte)0));
    }
}
