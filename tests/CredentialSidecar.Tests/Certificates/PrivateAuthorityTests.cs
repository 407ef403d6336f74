using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Certificates;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Certificates;

/// <summary>What a client accepts that trusts the authority of a sidecar.</summary>
public sealed class PrivateAuthorityTests
{
    private static readonly DateTimeOffset Now = VirtualClock.Start;

    [Theory]
    [InlineData("sidecar", true, "sidecar")]
    [InlineData("sidecar", true, "other", "sidecar")]
    [InlineData("10.0.0.5", true, "10.0.0.5")]
    [InlineData("10.0.0.5", true, "10.0.0.5", "sidecar", "10.0.0.6")]
    [InlineData("sidecar.example", false, "sidecar")]
    [InlineData("sts.amazonaws.com", false, "sidecar")]
    [InlineData("sts.amazonaws.com", false, "10.0.0.5")]
    [InlineData("10.0.0.6", false, "10.0.0.5")]
    [InlineData("10.0.0.5", false, "sidecar")]
    public void It_can_vouch_only_for_its_hosts(string issued, bool isAccepted, params string[] hosts)
    {
        using var authority = new PrivateAuthority([.. hosts], Now);
        using var leaf = authority.Issue(Now, [issued]);

        Assert.Equal(isAccepted, IsAccepted(leaf, authority, Now));
    }

    [Fact]
    public void Its_certificates_name_exactly_its_hosts_and_are_for_servers()
    {
        using var authority = new PrivateAuthority(["sidecar", "10.0.0.5"], Now);
        using var leaf = authority.Issue(Now);
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();

        Assert.Equal(["sidecar"], names.EnumerateDnsNames());
        Assert.Equal(["10.0.0.5"], names.EnumerateIPAddresses().Select(address => $"{address}"));
        Assert.False(leaf.MatchesHostname("localhost"));
        Assert.False(leaf.MatchesHostname("127.0.0.1"));
        Assert.Equal(["1.3.6.1.5.5.7.3.1"],
            leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value));
        Assert.False(leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.False(authority.Certificate.HasPrivateKey);
    }

    [Fact]
    public void A_certificate_ends_after_a_day_and_each_has_another_key()
    {
        using var authority = new PrivateAuthority(["sidecar"], Now);
        using var first = authority.Issue(Now);
        using var second = authority.Issue(Now + TimeSpan.FromHours(12));

        Assert.True(IsAccepted(first, authority, Now + TimeSpan.FromHours(23)));
        Assert.False(IsAccepted(first, authority, Now + TimeSpan.FromHours(25)));
        Assert.True(IsAccepted(second, authority, Now + TimeSpan.FromHours(35)));
        Assert.NotEqual(first.GetPublicKeyString(), second.GetPublicKeyString());
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
    }

    [Fact]
    public void Two_authorities_have_different_names()
    {
        using var first = new PrivateAuthority(["sidecar"], Now);
        using var second = new PrivateAuthority(["sidecar"], Now);
        Assert.NotEqual(first.Certificate.Subject, second.Certificate.Subject);
    }

    private static bool IsAccepted(X509Certificate2 leaf, PrivateAuthority authority, DateTimeOffset at)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = at.UtcDateTime, CustomTrustStore = { authority.Certificate },
            },
        };
        return chain.Build(leaf);
    }
}
