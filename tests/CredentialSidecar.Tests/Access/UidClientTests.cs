using System.Net;
using CredentialSidecar.Networking;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>Clients that are identified by the uid of their connection, alone or together with a token.</summary>
public sealed class UidClientTests
{
    private const string AppsToken = "apps-Xk2vLq8RzT4mWn6YbD1cJf3HsG5E";

    private static readonly (string, string?)[] Clients =
    [
        .. Settings.Destination("other", "arn:aws:iam::555566667777:role/other"),
        ("SIDECAR_Access__Clients__bare__Uids__0", "1001"),
        ("SIDECAR_Access__Clients__bare__Destinations__0", "reports"),
        ("SIDECAR_Access__Clients__apps__Uids__0", "1002"),
        ("SIDECAR_Access__Clients__apps__Token", AppsToken),
        ("SIDECAR_Access__Clients__apps__Destinations__0", "other"),
    ];

    [Theory]
    [InlineData(1001u, null, "reports", 200, null)]
    [InlineData(1002u, AppsToken, "other", 200, null)]

    // Each reads only its own destinations.
    [InlineData(1001u, null, "other", 403, "Client 'bare' may not read destination 'other'.")]
    [InlineData(1002u, AppsToken, "reports", 403, "Client 'apps' may not read destination 'reports'.")]

    // A stolen token is of no use to another user, and the uid alone is of no use to a client with a token.
    [InlineData(1001u, AppsToken, "other", 403,
        "The token of client 'apps' is valid only for uid 1002, and this connection belongs to uid 1001.")]
    [InlineData(1002u, null, "other", 401, "The request has no authorization token, and its uid 1002 is not the uid of a client.")]
    [InlineData(1003u, null, "reports", 401, "The request has no authorization token, and its uid 1003 is not the uid of a client.")]
    [InlineData(0u, null, "reports", 401, "its uid 0 is not the uid of a client.")]

    // A wrong token is not ignored.
    [InlineData(1001u, "wrong-wrong-wrong-wrong-wrong-wr", "reports", 401, "The authorization token is wrong.")]

    // A token without uids is valid for every user.
    [InlineData(1001u, Settings.Token, "other", 200, null)]
    [InlineData(null, Settings.Token, "other", 200, null)]

    // Any doubt rejects.
    [InlineData(null, null, "reports", 401, "the uid of its connection is unknown: the kernel is silent.")]
    [InlineData(null, AppsToken, "other", 403,
        "valid only for uid 1002, and the uid of this connection is unknown: the kernel is silent.")]
    public async Task The_uid_decides(uint? uid, string? token, string destination, int status, string? text)
    {
        await using var sidecar = await SidecarFixture.StartWithKernelAsync(
            _ => uid is null ? new LocalPeer(null, "the kernel is silent") : new LocalPeer(uid), Clients);

        using var response = await AskAsync(sidecar, destination, token);

        Assert.Equal(status, (int)response.StatusCode);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(text ?? "AccessKeyId", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_names_the_uid_that_identified_a_client()
    {
        await using var sidecar = await SidecarFixture.StartWithKernelAsync(_ => new LocalPeer(1001), Clients);

        using var response = await AskAsync(sidecar, "reports", null);

        await Eventually.HoldsAsync(() => sidecar.Logs.Lines.Any(line =>
            line.Text.StartsWith("Served reports to bare (uid 1001) at 127.0.0.1:", StringComparison.Ordinal)),
            () => string.Join('\n', sidecar.Logs.Lines.Select(line => line.Text)));
    }

    [Fact]
    public async Task The_kernel_is_asked_once_for_a_connection_and_not_at_all_without_uids()
    {
        var asked = 0;
        await using var sidecar = await SidecarFixture.StartWithKernelAsync(Count, Clients);
        await using var plain = await SidecarFixture.StartWithKernelAsync(Count);

        for (var i = 0; i < 3; i++)
        {
            using var response = await AskAsync(sidecar, "reports", null);
            using var other = await plain.Client.GetAsync("/v1/credentials/reports", TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (response.StatusCode, other.StatusCode));
        }

        // The client of the fixture keeps its connection open.
        Assert.Equal(1, asked);

        LocalPeer Count(int fd)
        {
            Interlocked.Increment(ref asked);
            return new LocalPeer(1001);
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(SidecarFixture sidecar, string destination, string? token)
    {
        sidecar.Client.DefaultRequestHeaders.Remove("Authorization");
        sidecar.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token ?? "");
        return await sidecar.Client.GetAsync($"/v1/credentials/{destination}", TestContext.Current.CancellationToken);
    }
}
