using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>A sidecar with token files in a temporary directory.</summary>
public abstract class TokenKeeperTest : IDisposable
{
    private protected const string First = "first-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd";
    private protected const string Second = "second-5Pz1Xc8Vb3Nm6Qw9Er2Ty7Ui4Oa";

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("keeper-").FullName;

    private protected string TokenPath => Path.Combine(Folder, "token");

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static async Task<SidecarFixture> StartAsync(params IEnumerable<(string, string?)> changes)
    {
        var sidecar = await SidecarFixture.StartAsync(null, changes);
        await sidecar.SettleAsync();
        return sidecar;
    }

    private protected static async Task<int> AskAsync(SidecarFixture sidecar, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(sidecar.Endpoint, "/v1/credentials/reports"));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var client = new HttpClient();
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
