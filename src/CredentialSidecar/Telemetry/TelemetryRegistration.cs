namespace CredentialSidecar.Telemetry;

/// <summary>Registers the export, or nothing at all.</summary>
internal static class TelemetryRegistration
{
    /// <remarks>First of the hosted services, so that it stops last and sends what the others did until then.</remarks>
    /// <param name="variables">Null where nothing is exported.</param>
    public static IServiceCollection AddExport(this IServiceCollection services, IReadOnlyDictionary<string, string>? variables) => variables is null
        ? services
        : services.AddHostedService(provider => ActivatorUtilities.CreateInstance<TelemetryExport>(provider, variables));
}
