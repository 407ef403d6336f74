using System.Security.Cryptography.X509Certificates;

namespace CredentialSidecar.Sources;

/// <summary>Trusts the certificates in a file instead of the system's, like <c>AWS_CA_BUNDLE</c> in AWS SDKs.</summary>
internal static class CaBundle
{
    public static X509ChainPolicy Policy(string path)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,

            // The same checks as without a bundle.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(path);

        // A chain to an authority in the bundle may need an intermediate certificate from the same file.
        policy.ExtraStore.AddRange(policy.CustomTrustStore);
        return policy;
    }
}
