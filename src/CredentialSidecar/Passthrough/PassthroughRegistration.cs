namespace CredentialSidecar.Passthrough;

/// <summary>Registers YARP's forwarder, and of YARP nothing else.</summary>
internal static class PassthroughRegistration
{
    public static IServiceCollection AddPassthrough(this IServiceCollection services) => services.AddHttpForwarder().AddSingleton<AgentForwarder>();
}
