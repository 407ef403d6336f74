using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.RuntimeDependencies;
using Amazon.SecurityToken;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>The SDK's own chain: environment, profiles, web identity, instance role. For a laptop, and for IRSA.</summary>
internal sealed class DefaultChainSource(string? region, TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    // The SDK finds its STS client by reflection, which trimming breaks; told of ours, it needs none.
    static DefaultChainSource() => GlobalRuntimeDependencyRegistry.Instance.RegisterSecurityTokenServiceClient(context =>
        new AmazonSecurityTokenServiceClient(
            new AnonymousAWSCredentials(), new AmazonSecurityTokenServiceConfig { RegionEndpoint = context.SecurityTokenServiceClientContextData.Region }));

    private readonly Resilience _resilience = new(clock, Limit, Translate);

    public Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken) => _resilience.RunAsync(
        async token =>
        {
            var now = clock.GetUtcNow();

            // A resolver keeps what it found, so each read has its own: a profile may have been edited meanwhile.
            using var resolver = new DefaultAWSCredentialsIdentityResolver();
            var config = new AmazonSecurityTokenServiceConfig { AuthenticationRegion = region };
            var found = await resolver.ResolveIdentityAsync(config, token);
            var read = await found.GetCredentialsAsync().WaitAsync(token);

            // Kept up to date by the SDK itself or valid for good; either way good enough to sign the next call.
            return new TemporaryCredentials(read.AccessKey, read.SecretKey, read.Token ?? "", null, now, DateTimeOffset.MaxValue);
        },
        cancellationToken);

    private static CredentialException Translate(Exception e)
    {
        var sso = Profile() is { } profile && (profile.Options.SsoStartUrl ?? profile.Options.SsoSession) is not null ? profile : null;

        return new CredentialException(CredentialFailure.SourceRefused, $"The source's credentials could not be found by the SDK's default chain: {Explained(e)}", e)
        {
            Advice = sso is null
                ? "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, and mount ~/.aws where the sidecar's user can read it. "
                    + "With AWS_WEB_IDENTITY_TOKEN_FILE, check that the trust policy of AWS_ROLE_ARN names the token's issuer and subject."
                : $"The profile '{sso.Name}' signs in by SSO, which needs a browser. Give the sidecar its session instead: "
                    + $"aws configure export-credentials --profile {sso.Name} --format env-no-export > sidecar.env, then start it with that file as environment.",
        };
    }

    private static CredentialProfile? Profile()
    {
        try
        {
            using var resolver = new DefaultAWSCredentialsIdentityResolver();
            return new CredentialProfileStoreChain().TryGetProfile(DefaultAWSCredentialsIdentityResolver.GetProfileName(), out var profile) ? profile : null;
        }
        catch (Exception e) when (e is AmazonClientException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string Code(Exception? e) => e switch
    {
        null => "",
        AmazonServiceException { ErrorCode: { Length: > 0 and <= 64 } code } => $" ({code})",
        _ => Code(e.InnerException),
    };

    // The first sentence names the cause; what follows can quote a file or a whole answer.
    private static string Explained(Exception e) => e switch
    {
        Polly.Timeout.TimeoutRejectedException => Resilience.Reason(e) + ".",
        AmazonClientException => e.Message.ReplaceLineEndings(" ").Split(". ")[0].TrimEnd('.') + Code(e) + ".",
        _ => e.GetType().Name + ".",
    };
}
