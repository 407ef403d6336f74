using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Executing;

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
            var (clock, mask) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<SecretMask>());
            return new CoalescedSource(
                settings.Source switch
                {
                    { WebIdentity: { } identity } =>
                        new WebIdentitySource(identity, provider.GetRequiredService<StsClients>(), mask, clock).ReadAsync,
                    { Program: { } program } => new ProcessSource(program, ProgramRunner.RunAsync, mask, clock).ReadAsync,
                    { Kind: SourceKind.Default } => new DefaultChainSource(settings.Region, mask, clock).ReadAsync,
                    _ => new TaskRoleSource(settings.Source, provider.GetRequiredService<EndpointReader>(), clock).ReadAsync,
                },
                clock);
        });
}
