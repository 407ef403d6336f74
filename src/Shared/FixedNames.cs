namespace CredentialSidecar.Shared;

/// <summary>Names and numbers that the programs find each other by. Task definitions of others carry them: add, never change.</summary>
internal static class FixedNames
{
    /// <summary>The launcher's program, in the shared directory too.</summary>
    public const string Launcher = "credential-launch";

    /// <summary>The token's file in the shared directory, beside the launcher.</summary>
    public const string TokenFile = "token";

    /// <summary>The Unix socket in the shared directory that serves credentials, where <c>Listen:Socket</c> is set.</summary>
    public const string SocketFile = "credentials.sock";

    /// <summary>Where the credentials of the default destination are; those of another one are below.</summary>
    public const string CredentialsPath = "/v1/credentials";

    public const string LivenessPath = "/healthz";
    public const string ReadinessPath = "/readyz";

    public const int CredentialsPort = 9170;
    public const int HealthPort = 9171;

    /// <summary>The user of the sidecar's image.</summary>
    public const int SidecarUid = 9170;

    /// <summary>Where SDKs request credentials.</summary>
    public const string FullUriVariable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

    /// <summary>What SDKs send in <c>Authorization</c>.</summary>
    public const string TokenVariable = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

    /// <summary>The file with what SDKs send in <c>Authorization</c>.</summary>
    public const string TokenFileVariable = TokenVariable + "_FILE";

    /// <summary>How all variables of the supervisor begin.</summary>
    public const string SupervisorVariables = "CREDENTIAL_SUPERVISOR_";

    /// <summary>The descriptor of the socket by which the program hands its listeners to the supervisor.</summary>
    public const string SupervisorVariable = SupervisorVariables + "FD";

    /// <summary>The descriptors of the listeners that a former process handed over.</summary>
    public const string ListenersVariable = SupervisorVariables + "LISTENERS";
}
