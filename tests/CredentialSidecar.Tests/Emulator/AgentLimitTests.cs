using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

/// <summary>The emulated agent limits its rate and closes idle connections like the real agent.</summary>
public sealed class AgentLimitTests : EmulatorTest
{
    [Fact]
    public async Task Every_response_carries_the_rate_limit_headers()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server.AgentEndpoint, "/nowhere"));
        request.Headers.Add("X-Forwarded-For", "10.0.0.9");
        using var response = await Http.SendAsync(request, Cancelled);

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("40.00", response.Headers.GetValues("X-Rate-Limit-Limit").Single());
        Assert.Equal("1", response.Headers.GetValues("X-Rate-Limit-Duration").Single());
        Assert.Equal("10.0.0.9", response.Headers.GetValues("X-Rate-Limit-Request-Forwarded-For").Single());
        Assert.StartsWith("127.0.0.1:", response.Headers.GetValues("X-Rate-Limit-Request-Remote-Addr").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sixty_first_request_at_once_is_throttled_and_a_second_buys_forty_more()
    {
        Assert.Equal(60, await CountAdmittedAsync(61));

        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(40, await CountAdmittedAsync(41));

        using var throttled = await Http.GetAsync(Server.CredentialsUri, Cancelled);
        Assert.Equal(429, (int)throttled.StatusCode);
        Assert.Equal("You have reached maximum request limit.", await throttled.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal("text/plain; charset=utf-8", throttled.Content.Headers.NonValidated["Content-Type"].ToString());

        using var elsewhere = await Http.GetAsync(Server.MetadataUri, Cancelled);
        Assert.Equal(200, (int)elsewhere.StatusCode);
    }

    [Fact]
    public async Task A_redirect_is_never_throttled()
    {
        for (var i = 0; i < 70; i++)
        {
            using var response = await Http.GetAsync(new Uri($"{Server.AgentEndpoint}/v2//credentials/x"), Cancelled);
            Assert.Equal(301, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task Task_protection_is_throttled_and_knows_no_other_container()
    {
        using var unknown = await Http.GetAsync(ProtectionOf("x"), Cancelled);
        Assert.Equal(404, (int)unknown.StatusCode);
        Assert.Equal(
            "{\"error\":{\"Code\":\"ResourceNotFoundException\",\"Message\":\"Failed to find a task for the request\"}}",
            await unknown.Content.ReadAsStringAsync(Cancelled));

        for (var i = 0; i < 59; i++)
        {
            using var more = await Http.GetAsync(ProtectionOf("x"), Cancelled);
        }

        using var throttled = await Http.GetAsync(ProtectionOf("x"), Cancelled);
        Assert.Equal(429, (int)throttled.StatusCode);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_five_seconds()
    {
        using var client = new System.Net.Sockets.TcpClient(Server.AgentEndpoint.Host, Server.AgentEndpoint.Port);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
    }

    private Uri ProtectionOf(string id) => new(Server.AgentEndpoint, $"/api/{id}/task-protection/v1/state");

    private async Task<int> CountAdmittedAsync(int requests)
    {
        var admitted = 0;
        for (var request = 0; request < requests; request++)
        {
            using var response = await Http.GetAsync(Server.CredentialsUri, Cancelled);
            admitted += (int)response.StatusCode == 200 ? 1 : 0;
        }

        return admitted;
    }
}
