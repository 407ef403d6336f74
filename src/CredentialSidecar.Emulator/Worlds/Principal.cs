using System.Text.RegularExpressions;

namespace CredentialSidecar.Emulator.Worlds;

/// <summary>The forms a principal may take in a trust policy.</summary>
internal static partial class Principal
{
    public static bool IsValid(string principal) =>
        principal == "*" || Arn.TryParse(principal, out _) || Account().IsMatch(principal) || RoleSession().IsMatch(principal);

    /// <summary>Whether the principal is the caller itself, not just its account.</summary>
    public static bool Names(string principal, string callerArn, string iamArn) =>
        principal == "*" || principal == callerArn || principal == iamArn;

    /// <summary>Whether the principal is the caller's account, which leaves the choice to that account's identity policies.</summary>
    public static bool NamesAccount(string principal, Arn iamArn) => principal == iamArn.Root || principal == iamArn.Account;

    [GeneratedRegex(@"\A(?:arn:aws[a-z-]*:iam::([0-9]{12}):root|[0-9]{12})\z")]
    private static partial Regex Account();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:sts::[0-9]{12}:assumed-role/[A-Za-z0-9_+=,.@-]+/[A-Za-z0-9_+=,.@-]+\z")]
    private static partial Regex RoleSession();
}
