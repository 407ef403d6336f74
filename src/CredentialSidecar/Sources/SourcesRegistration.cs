using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>Registers the configured source, and STS.</summary>
internal static class SourcesRegistration
{
    public static IServiceCollection AddSources(this IServiceCollection services, SidecarSettings settings) => services
        .AddSingleton(settings.Source)
        .AddSingleton(_ => new EndpointReader())
        .AddSingleton(settings.Sts)
        .AddSingleton<StsClients>()
        .AddSingleton(provider => new SecretMask(settings.Secrets, settings.ExternalIds, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IRoleAssumer, RoleAssumer>()
        .AddSingleton<ISigner>(provider =>
        {
            var clock = provider.GetRequiredService<TimeProvider>();
            return new CoalescedSource(
                settings.Source.Kind == SourceKind.Default
                    ? new DefaultChainSource(settings.Region, provider.GetRequiredService<SecretMask>(), clock).ReadAsync
                    : new TaskRoleSource(settings.Source, provider.GetRequiredService<EndpointReader>(), clock).ReadAsync,
                clock);
        });
}
