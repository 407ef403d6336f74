using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Generating;

/// <summary>Rejects roles that cannot work together.</summary>
internal static class IamChecks
{
    /// <exception cref="InputException">A role has two purposes, or the roles are in two partitions.</exception>
    public static void Run(SidecarSettings settings, IamRequest request)
    {
        var hops = settings.Destinations.SelectMany(destination => destination.Hops).Select(hop => hop.Role).DistinctBy(role => role.Text);
        RoleArn[] roles = [.. new[] { request.TaskRole, request.ExecutionRole, request.ExternalRole }.OfType<RoleArn>(), .. hops];

        foreach (var same in roles.GroupBy(role => role.Text).Where(same => same.Count() > 1))
        {
            throw new InputException(
                $"{same.Key} is named for two purposes. Give each its own role, so that neither has the other's rights.");
        }

        if (Array.Find(roles, role => role.Partition != request.TaskRole.Partition) is { } other)
        {
            throw new InputException($"{request.TaskRole} is in the partition {request.TaskRole.Partition}, and {other} is in "
                + $"{other.Partition}. Credentials do not cross partitions.");
        }
    }
}
