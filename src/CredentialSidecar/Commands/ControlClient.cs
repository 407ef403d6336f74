using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary>Sends a command to the running sidecar over its control socket, and reads the reply.</summary>
/// <param name="uidOf">Returns the user that listens on the socket.</param>
internal sealed class ControlClient(ControlSettings settings, PeerUid uidOf, TimeSpan limit)
{
    /// <summary>Far longer than any command takes.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <exception cref="ControlException">The sidecar did not reply.</exception>
    public async Task<ControlReply> AskAsync(string command, string? argument, CancellationToken cancellationToken)
    {
        var path = settings.Socket ?? throw new ControlException("no control socket is configured. "
            + "Set SIDECAR_SHARED_DIR or SIDECAR_Control__Directory, for the sidecar and for this command.");

        using var late = new CancellationTokenSource(limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = (_, stop) => ConnectAsync(path, stop),
        })
        { Timeout = Timeout.InfiniteTimeSpan };

        try
        {
            var query = argument is null ? "" : $"?argument={Uri.EscapeDataString(argument)}";
            return await AskAsync(http, path, $"http://sidecar/{command}{query}", either.Token);
        }
        catch (HttpRequestException e) when (e.InnerException is ControlException known)
        {
            throw known;
        }
        catch (HttpRequestException e)
        {
            throw new ControlException(e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
                ? $"the answer at {path} has more than {ControlEndpoint.Largest} bytes."
                : $"the sidecar at {path} closed the connection without an answer. "
                    + $"It accepts commands from its own uid and from root; this command runs as uid {Libc.EffectiveUid()}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ControlException($"the sidecar at {path} did not answer within {limit.TotalSeconds:0} s. Look at its log.");
        }
    }

    private static async Task<ControlReply> AskAsync(HttpClient http, string path, string uri, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await response.Content.LoadIntoBufferAsync(ControlEndpoint.Largest, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);

        return response.StatusCode == HttpStatusCode.OK && response.Headers.TryGetValues(ControlEndpoint.ExitCodeHeader, out var codes)
            && int.TryParse(codes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new ControlReply(code, text)
            : throw new ControlException($"the program at {path} answered {(int)response.StatusCode}: {Shown.OnOneLine(text.TrimEnd())}");
    }

    private async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            var uid = uidOf(socket);
            var shown = uid is null ? "an unknown uid" : $"uid {uid}";
            return uid is { } known && ControlTrust.Accepts(known, path)
                ? new NetworkStream(socket, ownsSocket: true)
                : throw new ControlException(
                    $"the program that listens at {path} runs as {shown}, and not as root or uid {Libc.EffectiveUid()}; "
                    + "this command sent nothing to it. Run the command as the sidecar's uid.");
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new ControlException(e.SocketErrorCode == SocketError.AccessDenied
                ? $"uid {Libc.EffectiveUid()} may not open {path}. Run this command as the sidecar's uid or as root."
                : $"no sidecar answers at {path}. Run this command in the sidecar's container, with the sidecar's environment.");
        }
        catch (ControlException)
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The sidecar gave no reply; the message is for the operator. Exit code 69.</summary>
internal sealed class ControlException(string message) : Exception(message);
