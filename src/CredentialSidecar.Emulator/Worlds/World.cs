namespace CredentialSidecar.Emulator.Worlds;

/// <summary>The roles, users and permissions of IAM. An account exists if an ARN names it.</summary>
/// <param name="TaskRole">ARN of the role whose credentials the agent serves.</param>
/// <param name="TaskRoleTags">Session tags of the task role's own credentials, as with EKS Pod Identity.</param>
/// <param name="DisabledRegions">Regions where STS answers <c>RegionDisabledException</c>.</param>
/// <param name="OidcProviders">The issuers whose tokens <c>AssumeRoleWithWebIdentity</c> accepts.</param>
internal sealed record World(
    string TaskRole,
    IReadOnlyList<Role> Roles,
    IReadOnlyList<User>? Users = null,
    IReadOnlyList<SessionTag>? TaskRoleTags = null,
    IReadOnlyList<string>? DisabledRegions = null,
    TaskDescription? Task = null,
    IReadOnlyList<OidcProvider>? OidcProviders = null)
{
    public Role? FindRole(string arn) => Roles.FirstOrDefault(role => role.Arn == arn);

    public User? FindUser(string accessKeyId) => Users?.FirstOrDefault(user => user.AccessKeyId == accessKeyId);

    /// <summary>What the identity policies of a role or user allow.</summary>
    public IReadOnlyList<Permission> PermissionsOf(string iamArn) =>
        FindRole(iamArn)?.Permissions ?? Users?.FirstOrDefault(user => user.Arn == iamArn)?.Permissions ?? [];

    /// <summary>
    /// Whether ECS may give the task its role. A role whose trust policy names no service is given to every task, so that a world
    /// can leave this out.
    /// </summary>
    public bool GivesTaskItsRole()
    {
        var (task, role) = (Task ?? new TaskDescription(), Arn.Parse(TaskRole));
        var account = task.Account ?? role.Account;
        var source = $"arn:{role.Partition}:ecs:{task.Region}:{account}:task/{task.Cluster}";
        var statements = (FindRole(TaskRole)?.Trust ?? []).Where(statement => statement.Services is [_, ..]).ToArray();
        return statements.Length == 0
            || Array.Exists(statements, statement => statement.Covers("ecs-tasks.amazonaws.com", account, source));
    }

    /// <summary>The same world with this role added, or replaced where the ARN is known.</summary>
    public World WithRole(Role role) => this with { Roles = [.. Roles.Where(other => other.Arn != role.Arn), role] };
}
