using System.Security.Cryptography.X509Certificates;

namespace CredentialSidecar.Sources;

/// <summary>Trust in the certificates of a file instead of the system's, as <c>AWS_CA_BUNDLE</c> has it in AWS SDKs.</summary>
internal static class CaBundle
{
    public static X509ChainPolicy Policy(string path)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,

            // As the connection would check it without a bundle.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(path);

        // A bundle may hold authorities that only an intermediate of the same file leads to.
        policy.ExtraStore.AddRange(policy.CustomTrustStore);
        return policy;
    }
}
