namespace CredentialSidecar.Launcher;

/// <summary>The text of <c>--help</c>.</summary>
internal static class Help
{
    // The launcher writes each char as one byte, so its messages are ASCII.
    public const string Text = """
        credential-launch [flags] -- program [arguments]

        Waits until the sidecar has credentials, then runs the program with an environment in which its AWS SDK
        asks the sidecar. The program replaces the launcher: same pid, same signals, same exit code.

          credential-launch --destination reports -- aws sts get-caller-identity

        flag                  variable                        means (default)
        --destination NAME    CREDENTIAL_LAUNCH_DESTINATION   the sidecar's destination to use (its default destination)
        --port PORT           CREDENTIAL_LAUNCH_PORT          the sidecar's port on 127.0.0.1 (9170)
        --endpoint URL        CREDENTIAL_LAUNCH_ENDPOINT      instead of --port: http://127.0.0.1:PORT, or https://HOST
        --token-file PATH     CREDENTIAL_LAUNCH_TOKEN_FILE    the file that holds the authorization token
                              CREDENTIAL_LAUNCH_TOKEN         the token itself
                              (the file called token beside the launcher, else AWS_CONTAINER_AUTHORIZATION_TOKEN)
        --wait TIME           CREDENTIAL_LAUNCH_WAIT          how long to wait for credentials; 0 does not wait (30s)
        --allow NAME          CREDENTIAL_LAUNCH_ALLOW         keep a variable that SDKs prefer to the sidecar; repeat, or a,b
        --sidecar-uid UID     CREDENTIAL_LAUNCH_SIDECAR_UID   the user that must listen on the port; any disables the check
                              (the owner of the file called token beside the launcher, else 9170)
        --allow-imds          CREDENTIAL_LAUNCH_ALLOW_IMDS    true: the program may use EC2 instance metadata
        --forward             CREDENTIAL_LAUNCH_FORWARD       true: the sidecar is in another network: a small child
                                                              listens on 127.0.0.1 and forwards to its Unix socket
        --socket PATH         CREDENTIAL_LAUNCH_SOCKET        that socket (the file called credentials.sock beside the launcher)
        --get [DESTINATION]                                   print credentials, as a credential_process of an SDK does
        --print                                               show the changes to the environment, secrets masked
        --check [--ready]                                     probe: exit 0 if /healthz (or /readyz) says so, else 1
        --health-port PORT    SIDECAR_HEALTH_PORT             the port that --check asks (9171)
        --help, --version

        Removes and reports: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_WEB_IDENTITY_TOKEN_FILE and, beside it, AWS_ROLE_ARN.
        Sets: AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN and _TOKEN_FILE, NO_PROXY, no_proxy;
        AWS_EC2_METADATA_DISABLED=true unless it is set, and then AWS_REGION and AWS_DEFAULT_REGION if neither is set.

        Exit codes before the program starts: 0 probed or printed, 1 not healthy, 64 wrong command line,
        69 --forward cannot listen, 75 no credentials in time, 77 refused, or another user holds the port or socket,
        78 wrong variable, token or destination,
        126 the program cannot be run, 127 the program was not found.

        """;
}
