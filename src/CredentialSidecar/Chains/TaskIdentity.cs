namespace CredentialSidecar.Chains;

/// <summary>What task metadata says of the task; a part that is not known is null.</summary>
/// <param name="TaskId">The last part of the task's ARN.</param>
/// <param name="Cluster">The cluster's name, not its ARN.</param>
/// <param name="Region">Read off the task's ARN: an availability zone's name does not always begin with its region's.</param>
internal sealed record TaskIdentity(string? TaskArn, string? TaskId, string? Family, string? Cluster, string? Region)
{
    /// <summary>No task metadata: a laptop, compose, or Kubernetes.</summary>
    public static TaskIdentity Unknown { get; } = new(null, null, null, null, null);
}
