using CredentialSidecar.Emulator.Sessions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>Whether a caller may do something to a role: what IAM would say, without conditions other than the external id.</summary>
internal static class Authorizer
{
    /// <exception cref="StsException">
    /// AccessDenied in the words of STS, which names the kind of policy within an account but not across accounts.
    /// </exception>
    public static void Demand(World world, Caller caller, string roleArn, string action, string? externalId)
    {
        var role = world.FindRole(roleArn);
        var arn = Arn.Parse(roleArn);
        var isSameAccount = arn.Account == caller.IamArn.Account && arn.Partition == caller.IamArn.Partition;

        if (Missing(world, caller, role, roleArn, action, externalId, isSameAccount) is { } policy)
        {
            // STS does not tell other accounts whether a role exists.
            throw StsException.AccessDenied(caller.Arn, action, roleArn, isSameAccount && role is not null ? policy : null);
        }
    }

    private static string? Missing(
        World world, Caller caller, Role? role, string roleArn, string action, string? externalId, bool isSameAccount)
    {
        if (caller.Policy is { } policy && !policy.Allows(action, roleArn))
        {
            return "session policy";
        }

        var trusted = (role?.Trust ?? [])
            .Where(statement => statement.Covers(action, externalId))
            .SelectMany(statement => statement.Principals)
            .ToList();
        var byName = trusted.Exists(principal => Principal.Names(principal, caller.Arn, caller.IamArn.Text));
        var byAccount = trusted.Exists(principal => Principal.NamesAccount(principal, caller.IamArn));
        var ownSide = world.PermissionsOf(caller.IamArn.Text).Any(permission => permission.Allows(action, roleArn));

        // Within an account a trust policy that names the caller is enough; across accounts both sides have to agree.
        return (byName && (isSameAccount || ownSide)) || (byAccount && ownSide) ? null
            : byName || byAccount || !ownSide ? "identity-based policy"
            : "role trust policy";
    }
}
