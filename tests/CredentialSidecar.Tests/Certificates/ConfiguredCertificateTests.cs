using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Certificates;

/// <summary>Serving over TLS with a certificate from files, which are read again.</summary>
public sealed class ConfiguredCertificateTests : TlsTest
{
    private static readonly DateTimeOffset End = VirtualClock.Start.AddDays(100);

    [Fact]
    public async Task New_files_are_used_once_both_fit_and_open_connections_stay()
    {
        var (first, second) = (TestCertificate.Make(Host, End), TestCertificate.Make(Host, End));
        first.WriteTo(CertificatePath, KeyPath);
        await using var sidecar = await StartWithFilesAsync();
        var client = ClientOf(sidecar, first.Authority);
        await using var open = await client.ConnectAsync();
        Assert.Contains(" 200 ", await AskAsync(sidecar, first.Authority), StringComparison.Ordinal);

        // The certificate comes first, and for a while its key is missing.
        File.WriteAllText(CertificatePath, second.Chain);
        await LookAsync(sidecar, 2);
        Assert.Contains(" 200 ", await AskAsync(sidecar, first.Authority), StringComparison.Ordinal);
        Assert.Contains("does not hold the key of the certificate", Assert.Single(Logged(sidecar, 903)), StringComparison.Ordinal);

        File.WriteAllText(KeyPath, second.Key);
        await LookAsync(sidecar, 2);
        Assert.Contains(" 200 ", await AskAsync(sidecar, second.Authority), StringComparison.Ordinal);
        Assert.Contains(" 200 ", await TlsClient.AskAsync(open, client.Get("/v1/credentials/reports", Settings.Token)),
            StringComparison.Ordinal);
        Assert.Single(Logged(sidecar, 902));
        Assert.Single(Logged(sidecar, 903));
    }

    [Fact]
    public async Task A_file_counts_once_two_reads_agree()
    {
        var (first, second) = (TestCertificate.Make(Host, End), TestCertificate.Make(Host, End));
        first.WriteTo(CertificatePath, KeyPath);
        await using var sidecar = await StartWithFilesAsync();
        await LookAsync(sidecar, 2);

        File.WriteAllText(KeyPath, second.Key);
        await LookAsync(sidecar, 1);
        File.WriteAllText(CertificatePath, second.Chain);
        await LookAsync(sidecar, 1);
        Assert.Empty(Logged(sidecar, 903));
        Assert.Empty(Logged(sidecar, 902));

        await LookAsync(sidecar, 1);
        Assert.Single(Logged(sidecar, 902));
        Assert.Empty(Logged(sidecar, 903));
    }

    [Fact]
    public async Task The_same_files_cause_no_event()
    {
        TestCertificate.Make(Host, End).WriteTo(CertificatePath, KeyPath);
        await using var sidecar = await StartWithFilesAsync();

        await LookAsync(sidecar, 3);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id is > 900 and < 908);
    }

    [Fact]
    public async Task Its_end_is_reported_at_30_days_at_7_days_and_when_it_came()
    {
        TestCertificate.Make(Host, VirtualClock.Start.AddDays(30).AddMinutes(1)).WriteTo(CertificatePath, KeyPath);
        await using var sidecar = await StartWithFilesAsync();
        Assert.Empty(Logged(sidecar, 904));

        await JumpAsync(sidecar, TimeSpan.FromMinutes(2));
        Assert.EndsWith("in 30 days or less. Replace the files; the sidecar reads them again.", Assert.Single(Logged(sidecar, 904)),
            StringComparison.Ordinal);

        await JumpAsync(sidecar, TimeSpan.FromDays(23));
        Assert.Equal(2, Logged(sidecar, 904).Count());
        Assert.Contains("in 7 days or less", Logged(sidecar, 904).Last(), StringComparison.Ordinal);
        Assert.Empty(Logged(sidecar, 905));

        await JumpAsync(sidecar, TimeSpan.FromDays(7));
        Assert.Contains("expired at 2026-01-31T00:01:00Z, and clients reject it.", Assert.Single(Logged(sidecar, 905)),
            StringComparison.Ordinal);

        // The next certificate starts from the beginning.
        TestCertificate.Make(Host, sidecar.Clock.GetUtcNow().AddDays(6)).WriteTo(CertificatePath, KeyPath);
        await LookAsync(sidecar, 2);
        Assert.Equal(3, Logged(sidecar, 904).Count());
    }

    [Fact]
    public async Task A_file_that_others_can_write_is_doubted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        TestCertificate.Make(Host, End).WriteTo(CertificatePath, KeyPath);
        await using var sidecar = await StartWithFilesAsync();
        await LookAsync(sidecar, 2);

        TestCertificate.Make(Host, End).WriteTo(CertificatePath, KeyPath);
#pragma warning disable CA1416 // Skipped above.
        File.SetUnixFileMode(KeyPath, (UnixFileMode)0b110_000_010);
#pragma warning restore CA1416
        await LookAsync(sidecar, 2);
        Assert.StartsWith("Listen:Tls:Key", Assert.Single(Logged(sidecar, 906)).Replace("SIDECAR_Listen__Tls__Key", "Listen:Tls:Key",
            StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static Task LookAsync(SidecarFixture sidecar, int times) => sidecar.AdvanceAsync(TimeSpan.FromSeconds(2) * times);

    // Each poll in between would take as long as a real one.
    private static async Task JumpAsync(SidecarFixture sidecar, TimeSpan by)
    {
        sidecar.Clock.Jump(by);
        await LookAsync(sidecar, 1);
    }
}
