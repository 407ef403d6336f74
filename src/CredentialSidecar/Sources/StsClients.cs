using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;

namespace CredentialSidecar.Sources;

/// <summary>Makes STS clients that differ only in region and signer and share their connections.</summary>
internal sealed class StsClients(SidecarSettings settings, TimeProvider clock) : IDisposable
{
    // An https endpoint may lie behind the proxy that the environment names; a plain one is on this machine.
    private readonly StsHttp _http = new(proxied: settings.StsEndpoint?.Scheme != "http", clock);

    public TimeSpan Skew => _http.Skew;

    /// <param name="sending">Is told where the call goes; null where nobody asks.</param>
    public AmazonSecurityTokenServiceClient Create(string region, TemporaryCredentials signer, Sending? sending = null)
    {
        var config = new AmazonSecurityTokenServiceConfig
        {
            HttpClientFactory = _http.For(sending ?? new Sending()),

            // The one place that retries is Resilience; an environment variable must not add to it.
            MaxErrorRetry = 0,
            DefaultConfigurationMode = DefaultConfigurationMode.Standard,
            IgnoreConfiguredEndpointUrls = true,
        };

        if (settings.StsEndpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        // Without it a service URL is signed for us-east-1.
        config.AuthenticationRegion = region;

        AWSCredentials credentials = signer.SessionToken.Length == 0
            ? new BasicAWSCredentials(signer.AccessKeyId, signer.SecretAccessKey)
            : new SessionAWSCredentials(signer.AccessKeyId, signer.SecretAccessKey, signer.SessionToken);

        return new AmazonSecurityTokenServiceClient(credentials, config);
    }

    public void Dispose() => _http.Dispose();
}
