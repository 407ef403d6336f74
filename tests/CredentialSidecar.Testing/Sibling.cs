using System.Net;

namespace CredentialSidecar.Testing;

/// <summary>Requests of siblings that have a token of their own.</summary>
internal static class Sibling
{
    /// <summary>The status for a destination, over a new connection.</summary>
    public static async Task<HttpStatusCode> StatusAsync(this SidecarFixture sidecar, string token, string destination)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(sidecar.Endpoint, $"v1/credentials/{destination}"));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
