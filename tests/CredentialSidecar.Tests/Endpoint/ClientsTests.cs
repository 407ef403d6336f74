using System.Net.Http.Json;
using System.Text.Json;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Several clients, each with a different token and the destinations it may read.</summary>
public sealed class ClientsTests : IAsyncLifetime
{
    private const string Web = "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs";
    private const string Batch = "batch-5Pz1Xc8Vb3Nm6Qw9Er2Ty7Ui4Oa0Ks";

    private SidecarFixture _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        _sidecar = await SidecarFixture.StartAsync(null,
        [
            ("SIDECAR_TOKEN", null),
            .. Settings.Destination("audit", "arn:aws:iam::555566667777:role/audit"),
            .. Settings.Destination("default", "arn:aws:iam::555566667777:role/default"),
            ("SIDECAR_Access__Clients__web__Token", Web), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
            ("SIDECAR_Access__Clients__batch__Token", Batch),
            ("SIDECAR_Access__Clients__batch__Destinations__0", "reports"),
            ("SIDECAR_Access__Clients__batch__Destinations__1", "audit"),
            ("SIDECAR_Listen__LocalEndpoints", "true"),
        ]);
        await _sidecar.SettleAsync();
    }

    public ValueTask DisposeAsync() => _sidecar.DisposeAsync();

    [Theory]
    [InlineData(Web, "/v1/credentials", 200, "reports")]
    [InlineData(Web, "/v1/credentials/reports", 200, "reports")]
    [InlineData(Batch, "/v1/credentials/audit", 200, "audit")]
    [InlineData(Batch, "/role/audit", 200, "audit")]
    [InlineData(Web, "/creds", 200, "reports")]
    [InlineData(Web, "/creds/", 200, "reports")]
    [InlineData(Web, "/role-arn/arn%3Aaws%3Aiam%3A%3A555566667777%3Arole%2Freports", 200, "reports")]
    [InlineData(Web, "/role-arn/arn:aws:iam::999999999999:role/admin", 400, "InvalidIdInRequest")]
    [InlineData(Batch, "/role/audit/", 200, "audit")]
    [InlineData(Batch, "/role-arn/arn:aws:iam::555566667777:role/audit", 200, "audit")]
    [InlineData(Batch, "/role-arn/arn%3Aaws%3Aiam%3A%3A555566667777%3Arole%2Faudit", 200, "audit")]
    [InlineData(Web, "/role-arn/arn:aws:iam::555566667777:role/audit", 403, "DestinationNotAllowed")]
    [InlineData(Web, "/role-arn/arn:aws:iam::555566667777:role/nobody", 400, "InvalidIdInRequest")]
    [InlineData(Web, "/role-arn//arn:aws:iam::555566667777:role%2Freports?x=1", 200, "reports")]
    [InlineData(Web, "/role-arn/arn:aws:iam::555566667777:role%252Freports", 400, "InvalidIdInRequest")]
    [InlineData(Web, "/role-arn/", 404, "NotFound")]
    [InlineData(Web, "/creds/x", 404, "NotFound")]
    [InlineData(Web, "/v1/credentials/audit", 403, "DestinationNotAllowed")]
    [InlineData(Web, "/role/audit", 403, "DestinationNotAllowed")]
    [InlineData(Web, "/v1/credentials/default", 403, "DestinationNotAllowed")]
    [InlineData(Web, "/v1/credentials/nobody", 400, "InvalidIdInRequest")]
    [InlineData(Batch, "/v1/credentials", 400, "InvalidIdInRequest")]
    [InlineData("", "/v1/credentials/reports", 401, "Unauthorized")]
    [InlineData(Web + Batch, "/v1/credentials/reports", 401, "Unauthorized")]
    [InlineData("", "/v1/credentials/nobody", 401, "Unauthorized")]
    public async Task R9_A_client_reads_its_own_destinations_and_no_other(string token, string path, int status, string expected)
    {
        var (answered, body) = await AskAsync(token, path);

        Assert.Equal(status, answered);
        var found = status == 200
            ? body.GetProperty("RoleArn").GetString()!.Split('/')[1]
            : body.GetProperty("code").GetString();
        Assert.Equal(expected, found);
        Assert.Equal(status == 200, body.TryGetProperty("SecretAccessKey", out _));
    }

    [Fact]
    public async Task What_a_refusal_says_helps_its_reader_and_tells_of_no_other_client()
    {
        var (_, foreign) = await AskAsync(Batch, "/v1/credentials/default");
        Assert.Equal(
            "Client 'batch' may not read destination 'default'. This token may read: audit, reports.",
            foreign.GetProperty("message").GetString());

        var (_, unknown) = await AskAsync(Web, "/v1/credentials/nobody");
        Assert.EndsWith("This token may read: reports.", unknown.GetProperty("message").GetString(), StringComparison.Ordinal);

        (string Token, string Path)[] requests =
            [("", "/v1/credentials/audit"), ("x", "/v1/credentials/audit"), (Web, "/v1/credentials/nobody")];

        foreach (var (token, path) in requests)
        {
            var text = (await AskAsync(token, path)).Body.GetRawText();
            Assert.DoesNotContain("batch", text, StringComparison.Ordinal);
            Assert.DoesNotContain("audit", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_foreign_destination_is_not_woken_and_not_counted_as_asked_for()
    {
        await AskAsync(Web, "/v1/credentials/audit");
        Assert.False(_sidecar.Tree.Find("audit")!.WasAsked);
    }

    private async Task<(int Status, JsonElement Body)> AskAsync(string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_sidecar.Endpoint, path));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var client = new HttpClient();
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }
}
