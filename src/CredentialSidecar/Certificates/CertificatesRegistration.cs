using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Certificates;

/// <summary>Registers the certificate of the TLS listener.</summary>
internal static class CertificatesRegistration
{
    public static IServiceCollection AddCertificates(this IServiceCollection services, SidecarSettings settings)
    {
        services.AddSingleton<ServerIdentity>();

        if (settings.Listen.Tls is { } tls)
        {
            services.AddSingleton(provider => new CertificateKeeper(tls, settings.NameOf, provider.GetRequiredService<ServerIdentity>(),
                    provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CertificateKeeper>>()))
                .AddHostedService(provider => provider.GetRequiredService<CertificateKeeper>());
        }

        return services;
    }
}
