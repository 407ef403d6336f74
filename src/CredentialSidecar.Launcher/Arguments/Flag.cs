namespace CredentialSidecar.Launcher.Arguments;

/// <summary>One flag and the variable for the same setting.</summary>
internal sealed class Flag(
    string name, string? variable = null, bool takesValue = true, bool repeats = false, bool isOptional = false)
{
    public static readonly Flag Destination = new("--destination", "CREDENTIAL_LAUNCH_DESTINATION");
    public static readonly Flag Endpoint = new("--endpoint", "CREDENTIAL_LAUNCH_ENDPOINT");
    public static readonly Flag Port = new("--port", "CREDENTIAL_LAUNCH_PORT");
    public static readonly Flag TokenFile = new("--token-file", "CREDENTIAL_LAUNCH_TOKEN_FILE");
    public static readonly Flag Wait = new("--wait", "CREDENTIAL_LAUNCH_WAIT");
    public static readonly Flag Allow = new("--allow", "CREDENTIAL_LAUNCH_ALLOW", repeats: true);
    public static readonly Flag SidecarUid = new("--sidecar-uid", "CREDENTIAL_LAUNCH_SIDECAR_UID");
    public static readonly Flag AllowImds = new("--allow-imds", "CREDENTIAL_LAUNCH_ALLOW_IMDS", takesValue: false);
    public static readonly Flag Forward = new("--forward", "CREDENTIAL_LAUNCH_FORWARD", takesValue: false);
    public static readonly Flag Socket = new("--socket", "CREDENTIAL_LAUNCH_SOCKET");
    public static readonly Flag HealthPort = new("--health-port", "SIDECAR_HEALTH_PORT");
    public static readonly Flag Check = new("--check", takesValue: false);
    public static readonly Flag Ready = new("--ready", takesValue: false);
    public static readonly Flag Get = new("--get", isOptional: true);
    public static readonly Flag Print = new("--print", takesValue: false);
    public static readonly Flag Help = new("--help", takesValue: false);
    public static readonly Flag Version = new("--version", takesValue: false);

    public static readonly Flag[] All =
    [
        Destination, Endpoint, Port, TokenFile, Wait, Allow, SidecarUid, AllowImds, Forward, Socket, HealthPort, Check, Ready, Get, Print,
        Help, Version,
    ];

    public string Name => name;

    public string? Variable => variable;

    public bool TakesValue => takesValue;

    public bool Repeats => repeats;

    /// <summary>The value may be left out. The next word is the value unless it is a flag.</summary>
    public bool IsOptional => isOptional;

    public static Flag? Find(string name)
    {
        foreach (var flag in All)
        {
            if (flag.Name == name)
            {
                return flag;
            }
        }

        return name == "-h" ? Help : null;
    }
}
