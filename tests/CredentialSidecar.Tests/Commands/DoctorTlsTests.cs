using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>The doctor examines the TLS listener without connecting to it.</summary>
public sealed class DoctorTlsTests : DoctorTest
{
    [Theory]
    [InlineData(40, "Pass", "is valid until ")]
    [InlineData(20, "Warn", "is valid until ")]
    [InlineData(-1, "Fail", "expired at ")]
    public async Task The_end_of_a_certificate_is_told(int days, string verdict, string text)
    {
        var folder = Directory.CreateTempSubdirectory("tls-").FullName;
        var (certificate, key) = (Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
        TestCertificate.Make("sidecar.test", TimeProvider.System.GetUtcNow().AddDays(days)).WriteTo(certificate, key);

        var (code, lines) = await RunAsync([.. Reports, ("SIDECAR_Access__Hosts__0", "sidecar.test"), ("SIDECAR_Listen__Tls__Port", "0"),
            ("SIDECAR_Listen__Tls__Certificate", certificate), ("SIDECAR_Listen__Tls__Key", key)]);

        Assert.Equal(verdict, VerdictOf(lines, "tls"));
        Assert.Contains(text, TextOf(lines, "tls"), StringComparison.Ordinal);
        Assert.True(days > 0 || code == 1);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_port_without_a_listener_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("tls-").FullName;
        var port = FreePort.Find();
        (string, string?)[] tls =
        [
            .. Reports, ("SIDECAR_Access__Hosts__0", "sidecar.test"), ("SIDECAR_SHARED_DIR", folder),
            ("SIDECAR_Listen__Tls__Port", $"{port}"),
        ];
        Assert.Equal($"no program listens on port {port}", TextOf((await RunAsync(tls)).Lines, "tls"));

        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Assert.Equal($"port {port} is listened on", TextOf((await RunAsync(tls)).Lines, "tls"));
        Assert.False(listener.Pending(), "the doctor connects to nothing here");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Without_TLS_there_is_no_line() =>
        Assert.DoesNotContain((await RunAsync(Reports)).Lines, line => line.GetProperty("check").GetString() == "tls");
}
