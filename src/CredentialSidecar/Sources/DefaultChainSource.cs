using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.RuntimeDependencies;
using Amazon.SecurityToken;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>The SDK's own chain: environment, profiles, web identity, instance role. For a laptop, and for IRSA.</summary>
internal sealed class DefaultChainSource(string? region, SecretMask mask, TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    // The SDK finds its STS client by reflection, which trimming breaks, so give it this client.
    static DefaultChainSource() => GlobalRuntimeDependencyRegistry.Instance.RegisterSecurityTokenServiceClient(context =>
        new AmazonSecurityTokenServiceClient(
            new AnonymousAWSCredentials(),
            new AmazonSecurityTokenServiceConfig { RegionEndpoint = context.SecurityTokenServiceClientContextData.Region }));

    private readonly Resilience _resilience = new(clock, Limit, e => DefaultChainFailures.From(e, mask));

    public Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken) => _resilience.RunAsync(
        async token =>
        {
            var now = clock.GetUtcNow();

            // A resolver caches its result, so each read uses a new one: a profile may have been edited meanwhile.
            using var resolver = new DefaultAWSCredentialsIdentityResolver();
            var config = new AmazonSecurityTokenServiceConfig { AuthenticationRegion = region };
            var found = await resolver.ResolveIdentityAsync(config, token);
            var read = await found.GetCredentialsAsync().WaitAsync(token);

            return new TemporaryCredentials(read.AccessKey, read.SecretKey, read.Token ?? "", null, now, ExpirationOf(found))
            {
                Variables = read.Token is { Length: > 0 } ? VariablesOf(found) : null,
            };
        },
        cancellationToken);

    // The SDK names an end one minute before the issuer's. Without one they are long-term keys, or a session whose end it does not know.
    private static DateTimeOffset ExpirationOf(AWSCredentials found) =>
        found.Expiration is { Year: < 9999 } known ? new DateTimeOffset(known.ToUniversalTime()) : DateTimeOffset.MaxValue;

    private static string? VariablesOf(AWSCredentials found) =>
        found is EnvironmentVariablesAWSCredentials ? "AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN of the sidecar's environment" : null;
}
