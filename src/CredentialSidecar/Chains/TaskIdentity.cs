namespace CredentialSidecar.Chains;

/// <summary>The task according to task metadata; unknown parts are null.</summary>
/// <param name="TaskId">The last part of the task's ARN.</param>
/// <param name="Cluster">The cluster's name, not its ARN.</param>
/// <param name="Region">From the task's ARN, because the name of an availability zone does not always begin with its region.</param>
internal sealed record TaskIdentity(string? TaskArn, string? TaskId, string? Family, string? Cluster, string? Region)
{
    /// <summary>No task metadata: a laptop, compose, or Kubernetes.</summary>
    public static TaskIdentity Unknown { get; } = new(null, null, null, null, null);
}
