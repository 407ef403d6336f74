namespace CredentialSidecar.Telemetry;

/// <summary>Registers the telemetry export, if it is configured.</summary>
internal static class TelemetryRegistration
{
    /// <remarks>The first hosted service, so that it stops last and exports what the others recorded.</remarks>
    /// <param name="variables">Null if nothing is exported.</param>
    public static IServiceCollection AddExport(this IServiceCollection services, IReadOnlyDictionary<string, string>? variables) =>
        variables is null
        ? services
        : services.AddHostedService(provider => ActivatorUtilities.CreateInstance<TelemetryExport>(provider, variables));
}
