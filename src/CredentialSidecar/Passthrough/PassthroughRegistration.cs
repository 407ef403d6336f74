namespace CredentialSidecar.Passthrough;

/// <summary>Registers YARP's forwarder, without the rest of YARP.</summary>
internal static class PassthroughRegistration
{
    public static IServiceCollection AddPassthrough(this IServiceCollection services) =>
        services.AddHttpForwarder().AddSingleton<AgentForwarder>();
}
