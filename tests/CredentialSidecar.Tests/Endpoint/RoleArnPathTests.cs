using System.Net;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>The path of a role may hold any visible ASCII, doubled slashes and percent signs too.</summary>
public sealed class RoleArnPathTests
{
    private const string Doubled = "arn:aws:iam::555566667777:role/a//b/name";
    private const string Percent = "arn:aws:iam::555566667777:role/a%2Fb/name";
    private const string Plain = "arn:aws:iam::555566667777:role/a/b/other";

    [Theory]
    [InlineData("arn:aws:iam::555566667777:role/a//b/name", Doubled)]
    [InlineData("arn:aws:iam::555566667777:role/a%2F%2fb%2Fname", Doubled)]
    [InlineData("arn:aws:iam::555566667777:role/a/b/name", Doubled)]
    [InlineData("arn:aws:iam::555566667777:role%2Fa%252Fb%2Fname", Percent)]
    [InlineData("arn:aws:iam::555566667777:role/a//b//other", Plain)]
    [InlineData("arn:aws:iam::555566667777:role/a%252Fb/other", null)]
    public async Task A_role_is_found_by_its_path_decoded_once(string path, string? role)
    {
        await using var sidecar = await SidecarFixture.StartAsync(null,
            [
                .. Settings.Destination("doubled", Doubled),
                .. Settings.Destination("percent", Percent),
                .. Settings.Destination("plain", Plain),
                ("SIDECAR_Listen__LocalEndpoints", "true"),
            ]);
        await sidecar.SettleAsync();
        var uri = new Uri(sidecar.Endpoint, $"/role-arn/{path}");
        using var answer = await sidecar.Client.GetAsync(uri, TestContext.Current.CancellationToken);

        Assert.Equal(role is null ? HttpStatusCode.BadRequest : HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(role ?? "InvalidIdInRequest", body, StringComparison.Ordinal);
    }
}
