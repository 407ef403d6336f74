namespace CredentialSidecar.Networking;

/// <summary>The network could not be set up; the message says why and what to do.</summary>
internal sealed class InterceptionException(string message) : Exception(message)
{
    /// <summary>Whether the kernel denied the change, so that another tool would also fail.</summary>
    public bool Denied { get; private init; }

    /// <summary>Whether the change was refused because it would do harm, so that a retry does not help.</summary>
    public bool Refused { get; init; }

    /// <summary>Turns the failure of a rule tool into a message for the operator.</summary>
    public static InterceptionException Of(string tool, Tool.Result? result)
    {
        var lines = (result?.Error ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var text = lines.FirstOrDefault(line => !line.StartsWith('#')) ?? "it printed nothing";

        var isDenied = lines.Any(line =>
            line.Contains("not permitted", StringComparison.Ordinal) || line.Contains("Permission denied", StringComparison.Ordinal));
        return isDenied
            ? new InterceptionException(
                $"{tool} may not change rules here: the container needs root and the capability NET_ADMIN. "
                + "On Fargate, which does not offer NET_ADMIN, use credential-launch.") { Denied = true }
            : new InterceptionException($"{tool} failed: {text.TrimEnd('.')}.");
    }
}
