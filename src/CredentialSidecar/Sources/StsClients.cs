using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>Makes STS clients that differ only in region and signer and share their connections.</summary>
internal sealed class StsClients(StsSettings settings, TimeProvider clock) : IDisposable
{
    private readonly StsHttp _http = new(settings, clock);

    public TimeSpan Skew => _http.Skew;

    /// <summary>The time limit of one call.</summary>
    public TimeSpan Timeout => settings.Timeout;

    /// <summary>Creates a client for one call.</summary>
    /// <param name="sending">Records where the call goes; null if not needed.</param>
    public AmazonSecurityTokenServiceClient Create(string region, TemporaryCredentials signer, Sending? sending = null)
    {
        AWSCredentials credentials = signer.SessionToken.Length == 0
            ? new BasicAWSCredentials(signer.AccessKeyId, signer.SecretAccessKey)
            : new SessionAWSCredentials(signer.AccessKeyId, signer.SecretAccessKey, signer.SessionToken);

        return Create(region, credentials, sending);
    }

    /// <summary>Creates a client for one call that nothing signs. Without credentials, the SDK would look for some by itself.</summary>
    public AmazonSecurityTokenServiceClient CreateUnsigned(string region, Sending sending) =>
        Create(region, new AnonymousAWSCredentials(), sending);

    /// <summary>The settings that decide the address and the signing region of a call.</summary>
    public static AmazonSecurityTokenServiceConfig ConfigFor(StsSettings sts, string region)
    {
        var config = new AmazonSecurityTokenServiceConfig
        {
            // Only Resilience retries; an environment variable must not add retries.
            MaxErrorRetry = 0,
            DefaultConfigurationMode = DefaultConfigurationMode.Standard,
            IgnoreConfiguredEndpointUrls = true,
        };

        if (sts.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        // Without this, calls to a service URL are signed for us-east-1.
        config.AuthenticationRegion = region;

        // Without a variable, the SDK reads its profile.
        config.UseFIPSEndpoint = sts.UseFips ?? config.UseFIPSEndpoint;
        config.UseDualstackEndpoint = sts.UseDualStack ?? config.UseDualstackEndpoint;
        return config;
    }

    public void Dispose() => _http.Dispose();

    private AmazonSecurityTokenServiceClient Create(string region, AWSCredentials credentials, Sending? sending)
    {
        var config = ConfigFor(settings, region);
        config.HttpClientFactory = _http.For(sending ?? new Sending());
        return new AmazonSecurityTokenServiceClient(credentials, config);
    }
}
