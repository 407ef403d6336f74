using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Certificates;

/// <summary>A reload while the sidecar serves TLS.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TlsReloadTests : TlsTest
{
    private string Configuration => Path.Combine(Folder, "sidecar.json");

    [Fact]
    public async Task A_client_that_is_new_finds_the_authority_in_its_directory()
    {
        var first = Directory.CreateDirectory(Path.Combine(Folder, "first"));
        var second = Directory.CreateDirectory(Path.Combine(Folder, "second"));
        Write(("a", first.FullName));
        await using var sidecar = await SidecarFixture.StartReloadableAsync(Configuration,
            ("SIDECAR_TOKEN", null), ("SIDECAR_Listen__Tls__Port", "0"), ("SIDECAR_Access__Hosts__0", Host));
        Assert.False(File.Exists(Path.Combine(second.FullName, "ca.pem")));

        Write(("a", first.FullName), ("b", second.FullName));
        var result = await sidecar.ReloadAsync();
        Assert.Empty(result.Mistakes);
        Assert.Equal(Read(first), Read(second));
        var token = File.ReadAllText(Path.Combine(second.FullName, "token"));
        var client = ClientOf(sidecar, X509CertificateLoader.LoadCertificateFromFile(Path.Combine(second.FullName, "ca.pem")));
        Assert.Contains("AccessKeyId", await client.AskAsync(client.Get("/v1/credentials", token)), StringComparison.Ordinal);

        // Its place is taken, so the authority cannot be written there.
        File.Delete(Path.Combine(second.FullName, "ca.pem"));
        Directory.CreateDirectory(Path.Combine(second.FullName, "ca.pem"));
        await sidecar.AdvanceAsync(TimeSpan.FromHours(25));
        Assert.Contains($"cannot be written to {second.FullName}: its 'ca.pem' is a directory.", Assert.Single(Logged(sidecar, 907)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_the_listener_needs_a_restart()
    {
        var first = Directory.CreateDirectory(Path.Combine(Folder, "first"));
        Write(("a", first.FullName));
        await using var sidecar = await SidecarFixture.StartReloadableAsync(Configuration,
            ("SIDECAR_TOKEN", null), ("SIDECAR_Listen__Tls__Port", "0"), ("SIDECAR_Access__Hosts__0", Host));

        File.WriteAllText(Configuration, File.ReadAllText(Configuration).Replace("\"Access\"", """
            "Listen": { "Tls": { "Addresses": ["127.0.0.1"] } }, "Access"
            """, StringComparison.Ordinal));
        Assert.Contains("Listen:Tls:Addresses", (await sidecar.ReloadAsync()).Summary, StringComparison.Ordinal);
    }

    private static string Read(DirectoryInfo directory) => File.ReadAllText(Path.Combine(directory.FullName, "ca.pem"));

    private void Write(params (string Name, string Directory)[] clients) => File.WriteAllText(Configuration, $$"""
        {
          "Destinations": { "reports": { "Hops": [{ "RoleArn": "{{Settings.ReportsRole}}" }] } },
          "Access": { "Clients": { {{string.Join(", ", clients.Select(client =>
              $$"""  "{{client.Name}}": { "SharedDirectory": "{{client.Directory}}", "Destinations": ["reports"] } """))}} } }
        }
        """);
}
