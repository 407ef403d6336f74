using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Tests.Sources;

/// <summary>The real source with the real SDK, a token file, and an STS of the test's choice.</summary>
public abstract class WebIdentityTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("identity-").FullName;

    private protected WebTokens Tokens { get; } = new();

    private protected string TokenFile => Path.Combine(_folder, "token");

    public void Dispose()
    {
        Tokens.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a good token, or another text.</summary>
    private protected string Write(string? text = null)
    {
        var token = text ?? Tokens.Sign(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1));
        File.WriteAllText(TokenFile, token);
        return token;
    }

    private protected SidecarSettings Load(params IEnumerable<(string Name, string? Value)> more) => Settings.Load(
    [
        ("SIDECAR_Source__Kind", "WebIdentity"), ("SIDECAR_Source__RoleArn", WebTokens.Role), ("SIDECAR_Source__TokenFile", TokenFile),
        .. more,
    ]);

    private protected async Task<TemporaryCredentials> ReadAsync(Uri sts, SecretMask? mask = null)
    {
        var settings = Load(("AWS_ENDPOINT_URL_STS", sts.ToString()));
        using var clients = new StsClients(settings.Sts, TimeProvider.System);
        return await new WebIdentitySource(settings.Source.WebIdentity!, clients, mask ?? Assuming.Mask(), TimeProvider.System)
            .ReadAsync(CancellationToken.None);
    }

    private protected async Task<CredentialException> FailAsync(Uri sts) =>
        await Xunit.Assert.ThrowsAsync<CredentialException>(() => ReadAsync(sts));
}
