namespace CredentialSidecar.Generating;

/// <summary>Puts callers before the roles they assume, because IAM rejects a trust policy that names a role that does not exist.</summary>
internal static class RoleOrder
{
    /// <returns>Roles of one account stand together where callers allow it.</returns>
    /// <exception cref="InputException">Roles assume each other in a circle.</exception>
    public static IReadOnlyList<IamRole> Sort(IReadOnlyList<IamRole> roles)
    {
        var left = roles.ToList();
        var sorted = new List<IamRole>();

        while (left.Count > 0)
        {
            IamRole[] ready = [.. left.Where(role => !left.Exists(other => other != role && IsCaller(other, role)))];
            var next = Array.Find(ready, role => sorted.Count > 0 && role.Arn.AccountId == sorted[^1].Arn.AccountId)
                ?? ready.FirstOrDefault()
                ?? throw new InputException(
                    $"These roles assume each other in a circle: {string.Join(", ", left.Select(role => role.Arn.Text))}. "
                    + "Create one of them by hand first.");
            left.Remove(next);
            sorted.Add(next);
        }

        return sorted;
    }

    public static bool IsCaller(IamRole caller, IamRole target) => target.Trust.Exists(statement =>
        (statement["Principal"].Words("AWS") ?? [statement["Principal"].Text("AWS") ?? ""]).Contains(caller.Arn.Text));

    /// <summary>The accounts in the order of their roles. An account stands twice where another one comes in between.</summary>
    public static IReadOnlyList<string> Accounts(IReadOnlyList<IamRole> sorted) =>
        [.. sorted.Select(role => role.Arn.AccountId).Where((account, i) => i == 0 || account != sorted[i - 1].Arn.AccountId)];
}
