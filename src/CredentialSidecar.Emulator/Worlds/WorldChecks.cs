namespace CredentialSidecar.Emulator.Worlds;

/// <summary>Reports every mistake of a world at once, so that a typing error is not mistaken for a denial later.</summary>
internal static class WorldChecks
{
    private static readonly string[] KnownActions =
        ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:AssumeRoleWithWebIdentity", "sts:*", "*"];

    /// <exception cref="WorldException">The world contradicts itself.</exception>
    public static World Checked(World world) =>
        MistakesIn(world) is { Count: > 0 } mistakes ? throw new WorldException(mistakes) : world;

    private static List<string> MistakesIn(World world)
    {
        var mistakes = new List<string>();

        Require(world.FindRole(world.TaskRole) is not null, $"TaskRole: '{world.TaskRole}' is not among the Roles");
        foreach (var arn in world.Roles.GroupBy(role => role.Arn).Where(same => same.Count() > 1))
        {
            mistakes.Add($"Roles: '{arn.Key}' appears more than once");
        }

        foreach (var role in world.Roles)
        {
            Require(IsA("role", role.Arn), $"Roles: '{role.Arn}' is not the ARN of a role (account ids have 12 digits)");
            Require(
                role.MaxSessionDurationSeconds is >= 3600 and <= 43200,
                $"{role.Arn}: MaxSessionDurationSeconds must lie between 3600 and 43200");
            CheckPermissions(role.Arn, role.Permissions);
            foreach (var statement in role.Trust ?? [])
            {
                Require(statement.Principals.Count > 0 || statement.Services is [_, ..] || statement.Federated is [_, ..],
                    $"{role.Arn}: a Trust statement names no Principals, no Services and no Federated");
                foreach (var federated in (statement.Federated ?? []).Where(arn => FindProvider(world, arn) is null))
                {
                    mistakes.Add($"{role.Arn}: '{federated}' is not among the OidcProviders");
                }

                CheckActions(role.Arn, statement.Actions);
                foreach (var principal in statement.Principals.Where(principal => !Principal.IsValid(principal)))
                {
                    mistakes.Add($"{role.Arn}: '{principal}' is not a principal (a role, user or session ARN, an account, or *)");
                }
            }
        }

        foreach (var provider in world.OidcProviders ?? [])
        {
            Require(provider.IsValid, $"OidcProviders: '{provider.Arn}' is not arn:aws:iam::ACCOUNT:oidc-provider/ISSUER");
            Require(provider.Keys.Count > 0 && provider.Keys.All(key => key.IsValid),
                $"{provider.Arn}: Keys must be public keys as in a JWKS document: RSA, or EC with P-256");
        }

        foreach (var user in world.Users ?? [])
        {
            Require(IsA("user", user.Arn), $"Users: '{user.Arn}' is not the ARN of a user");
            Require(user.AccessKeyId.Length >= 16, $"{user.Arn}: AccessKeyId must have at least 16 characters");
            Require(user.SecretAccessKey.Length > 0, $"{user.Arn}: SecretAccessKey is empty");
            CheckPermissions(user.Arn, user.Permissions);
        }

        return mistakes;

        void CheckPermissions(string owner, IReadOnlyList<Permission>? permissions)
        {
            foreach (var permission in permissions ?? [])
            {
                CheckActions(owner, permission.Actions);
            }
        }

        void CheckActions(string owner, IReadOnlyList<string>? actions)
        {
            foreach (var action in (actions ?? []).Where(action => !KnownActions.Contains(action, StringComparer.OrdinalIgnoreCase)))
            {
                mistakes.Add($"{owner}: '{action}' is not an action this emulator knows");
            }
        }

        void Require(bool holds, string mistake)
        {
            if (!holds)
            {
                mistakes.Add(mistake);
            }
        }
    }

    private static OidcProvider? FindProvider(World world, string arn) =>
        world.OidcProviders?.FirstOrDefault(provider => provider.Arn == arn);

    private static bool IsA(string kind, string arn) => Arn.TryParse(arn, out var parsed) && parsed.Kind == kind;
}
