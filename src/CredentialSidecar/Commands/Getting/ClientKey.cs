using System.Net;
using System.Net.Sockets;
using System.Text;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Generating;
using CredentialSidecar.Networking;
using CredentialSidecar.Shared;

namespace CredentialSidecar.Commands.Getting;

/// <summary>The token of a client, and which users may see it.</summary>
/// <param name="Token">Null if the sidecar requires none.</param>
/// <param name="Directory">The directory that the token comes from; null if it comes from the configuration.</param>
internal sealed record ClientKey(string? Token, string? Directory)
{
    /// <summary>Finds the token as a client does.</summary>
    /// <exception cref="InputException">No client fits.</exception>
    /// <exception cref="NoSessionException">The token cannot be read.</exception>
    public static ClientKey Find(SidecarSettings settings, string? destination, string? name)
    {
        if (settings.Clients.Count == 0)
        {
            return name is null ? new ClientKey(null, null)
                : throw new InputException($"--client is {Shown.Quoted(name)}, and the configuration has no clients.");
        }

        var client = name is null
            ? settings.Clients.FirstOrDefault(one => destination is null || one.Destinations?.Contains(destination) != false)
            : settings.Clients.FirstOrDefault(one => one.Name == name) ?? throw new InputException(
                UnknownName.Text("The configuration", "client", name, settings.Clients.Select(one => one.Name)));

        // The sidecar says what is wrong with the destination.
        client ??= settings.Clients[0];

        if (client.Token is not null || client.Directory is null)
        {
            return new ClientKey(client.Token, client.Directory);
        }

        var file = Path.Combine(client.Directory, FixedNames.TokenFile);
        return SmallFile.TryRead(file, TokenText.Longest + 2, out var bytes, out var problem)
            ? new ClientKey(Encoding.Latin1.GetString(bytes).TrimEnd('\r', '\n'), client.Directory)
            : throw new NoSessionException(ExitCodes.Unavailable,
                $"the token of client {client.Name}, {file}, {problem}. The sidecar writes the file when it starts. "
                + "Run this command in the sidecar's container, as the sidecar's user or as root.");
    }

    /// <summary>Connects, and makes sure that the token goes to the sidecar and not to a program that took its port.</summary>
    /// <exception cref="NoSessionException">Another user listens there, or the kernel does not tell who does.</exception>
    public async ValueTask<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        try
        {
            await socket.ConnectAsync(address, cancellationToken);

            // On the open connection and before the first byte, so that no other program can take the port in between.
            CheckListener(PortHolder.Uids(address), address);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <param name="uids">The users that listen; null if unknown.</param>
    public void CheckListener(IReadOnlyCollection<uint>? uids, IPEndPoint address)
    {
        // Other systems are only used for development.
        if (Token is null || (uids is null && !OperatingSystem.IsLinux()))
        {
            return;
        }

        var own = Libc.EffectiveUid();
        uint[] strangers = [.. (uids ?? []).Where(uid => Directory is null
            ? uid != own && uid != 0 && (own != 0 || uid != FixedNames.SidecarUid)
            : !ControlTrust.Accepts(uid, Path.Combine(Directory, FixedNames.TokenFile)))];
        var problem = uids is null ? "the kernel does not show who listens there (/proc/net/tcp cannot be read)"
            : strangers is [var stranger, ..] ? $"uid {stranger} listens there"
            : uids.Count == 0 ? "the program that listened there has just ended"
            : null;

        if (problem is not null)
        {
            throw new NoSessionException(ExitCodes.Unavailable,
                $"no session from {address}: {problem}; the token was not sent. Run this command as the sidecar's user (now uid {own}). "
                + "If the sidecar does not run as the uid that listens, another program took the port.");
        }
    }

    // The default would print the token.
    public override string ToString() => nameof(ClientKey);
}
