using System.Net.Http.Json;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>A sidecar with a destination of one hop and one of two.</summary>
public abstract class CredentialsEndpointTest : IAsyncLifetime
{
    private protected SidecarFixture Sidecar { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Sidecar = await SidecarFixture.StartAsync(
            null,
            Settings.Destination(
                "default", "arn:aws:iam::222233334444:role/hub", "arn:aws:iam::666677778888:role/team/audit/reader"));
        await Sidecar.SettleAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Sidecar.DisposeAsync();
    }

    private protected async Task<HttpResponseMessage> GetAsync(string path, string token = Settings.Token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Sidecar.Endpoint, path));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var client = new HttpClient();
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
