using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Certificates;
using CredentialSidecar.Commands;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Refreshing;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Hosting;

/// <summary>Registers the reload, and the parts that apply new values.</summary>
internal static class ReloadRegistration
{
    public static IServiceCollection AddReload(this IServiceCollection services, ConfigurationOrigin origin) => services
        .AddSingleton(origin)
        .AddSingleton<ConfigurationReload>()
        .AddSingleton(provider => ReloadCommand.Of(provider.GetRequiredService<ConfigurationReload>()))
        .Follow<RefreshSchedule>((schedule, next) => schedule.Settings = next.Refresh)
        .Follow<CallGate>((gate, next) => gate.Use(next.Refresh.MaxConcurrentCalls))
        .Follow<LogLevelSwitch>((level, next) => level.Level = next.Logging.Level)
        .Follow<SecretMask>((mask, next) => mask.Follow(next.Secrets, next.ExternalIds))
        .Follow<ConnectionBudget>((budget, next) => budget.Clients = next.Clients.Count + next.Intercepted.Count)
        .Follow<IEnumerable<CertificateKeeper>>((keepers, next) => Array.ForEach([.. keepers], keeper => keeper.Follow(next)));

    private static IServiceCollection Follow<T>(this IServiceCollection services, Action<T, SidecarSettings> take)
        where T : notnull => services.AddSingleton<SettingsFollower>(provider =>
        {
            var part = provider.GetRequiredService<T>();
            return next => take(part, next);
        });
}
