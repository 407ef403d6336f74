using System.Net;
using CredentialSidecar.Commands;
using CredentialSidecar.Commands.Getting;
using CredentialSidecar.Networking;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>To whom <c>get</c> sends a token.</summary>
public sealed class ClientKeyTests : IDisposable
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 9170);

    private readonly string _proc = Directory.CreateTempSubdirectory("proc-").FullName;

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    [Theory]
    [InlineData("net/tcp", "0100007F:23D2")]
    [InlineData("net/tcp", "00000000:23D2")]
    [InlineData("net/tcp6", "0000000000000000FFFF00000100007F:23D2")]
    [InlineData("net/tcp6", "0000000000000000FFFF000000000000:23D2")]
    [InlineData("net/tcp6", "00000000000000000000000000000000:23D2")]
    public void A_listener_that_gets_connections_to_the_address_is_seen(string table, string local)
    {
        Write("net/tcp", "");
        Write(table, $" 0: {local} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 4242 0 777 1");

        Assert.Equal([4242u], PortHolder.Uids(Address, _proc)!);
    }

    [Fact]
    public void A_kernel_that_tells_nothing_is_not_taken_for_a_free_port() => Assert.Null(PortHolder.Uids(Address, _proc));

    [Fact]
    public void The_token_is_for_this_user_and_root_alone()
    {
        var key = new ClientKey("token", Directory: null);
        var own = Libc.EffectiveUid();

        key.CheckListener([own], Address);
        key.CheckListener([0], Address);

        Assert.All((uint[]?[])[null, [], [4242], [own, 4242]], uids =>
            Assert.Equal(69, Assert.Throws<NoSessionException>(() => key.CheckListener(uids, Address)).ExitCode));
        new ClientKey(Token: null, Directory: null).CheckListener([4242], Address);
    }

    private void Write(string table, string line)
    {
        var path = Path.Combine(_proc, table);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"  sl  local_address rem_address st\n{line}\n");
    }
}
