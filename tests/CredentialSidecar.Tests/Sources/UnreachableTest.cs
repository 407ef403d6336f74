using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>Calls an STS that cannot be reached.</summary>
public abstract class UnreachableTest : IDisposable
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("unreachable-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static async Task<string> WhyAsync(string sts) => (await FailAsync(sts)).Message.Split("(hop 1): ")[1];

    private protected static Task<CredentialException> FailAsync(string sts, params IEnumerable<(string Name, string? Value)> changes) =>
        Assert.ThrowsAsync<CredentialException>(() => Assuming.AsReportsAsync(
            Assuming.Hop,
            Assuming.Signer,
            [("AWS_ENDPOINT_URL_STS", sts), ("SIDECAR_Sts__AllowPlainHttp", "true"), .. changes]));

    private protected static ProxySettings By(string address) => new("https_proxy", new Uri(address), []);
}
