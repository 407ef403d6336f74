using CredentialSidecar.Emulator.Sessions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>Whether a caller may do something to a role: what IAM would say, without conditions other than the external id.</summary>
internal static class Authorizer
{
    /// <exception cref="StsException">AccessDenied, worded as STS does: it never says which side refused.</exception>
    public static void Demand(World world, Caller caller, string roleArn, string action, string? externalId)
    {
        if (world.FindRole(roleArn) is not { } role || !IsAllowed(world, caller, role, action, externalId))
        {
            throw StsException.AccessDenied(caller.Arn, action, roleArn);
        }
    }

    private static bool IsAllowed(World world, Caller caller, Role role, string action, string? externalId)
    {
        if (caller.Policy is { } policy && !policy.Allows(action, role.Arn))
        {
            return false;
        }

        var trusted = (role.Trust ?? [])
            .Where(statement => statement.Covers(action, externalId))
            .SelectMany(statement => statement.Principals)
            .ToList();
        var byName = trusted.Exists(principal => Principal.Names(principal, caller.Arn, caller.IamArn.Text));
        var byAccount = trusted.Exists(principal => Principal.NamesAccount(principal, caller.IamArn));
        var ownSide = world.PermissionsOf(caller.IamArn.Text).Any(permission => permission.Allows(action, role.Arn));

        // Within an account a trust policy that names the caller is enough; across accounts both sides have to agree.
        var sameAccount = Arn.Parse(role.Arn) is var arn
            && arn.Account == caller.IamArn.Account && arn.Partition == caller.IamArn.Partition;
        return (byName && (sameAccount || ownSide)) || (byAccount && ownSide);
    }
}
