namespace CredentialSidecar.Networking;

/// <summary>The network could not be set up as asked; the message says why and what to do.</summary>
internal sealed class InterceptionException(string message) : Exception(message)
{
    /// <summary>The kernel does not allow it, so no other tool will fare better.</summary>
    public bool Denied { get; private init; }

    /// <summary>Nothing was done, because it would do harm; the same again will not help.</summary>
    public bool Refused { get; init; }

    /// <summary>What a rule tool's failure means for an operator.</summary>
    public static InterceptionException Of(string tool, Tool.Result? result)
    {
        var lines = (result?.Error ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var text = lines.FirstOrDefault(line => !line.StartsWith('#')) ?? "it said nothing";

        return lines.Any(line => line.Contains("not permitted", StringComparison.Ordinal) || line.Contains("Permission denied", StringComparison.Ordinal))
            ? new InterceptionException($"{tool} may not change rules here: the container needs root and the capability NET_ADMIN, which Fargate does not give; there, use credential-launch.") { Denied = true }
            : new InterceptionException($"{tool} failed: {text.TrimEnd('.')}.");
    }
}
