namespace CredentialSidecar.Emulator.Worlds;

/// <summary>The world without a world file: a task in one account, and roles in another.</summary>
internal static class DefaultWorld
{
    public const string TaskRole = "arn:aws:iam::111122223333:role/orders-task";
    public const string Developer = "arn:aws:iam::111122223333:user/developer";
    public const string Reports = "arn:aws:iam::555566667777:role/reports";
    public const string Reader = "arn:aws:iam::555566667777:role/team/audit/reader";
    public const string Denied = "arn:aws:iam::555566667777:role/denied";
    public const string ExternalId = "orders-7f3a";

    // The key pair of AWS's own documentation, which no secret scanner mistakes for a real one.
    public const string AccessKeyId = "AKIAIOSFODNN7EXAMPLE";
    public const string SecretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private static readonly string[] AssumeTagAndName = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

    public static World Create() => new(
        TaskRole,
        [
            new Role(TaskRole, 43200,
                Trust: [new TrustStatement([Developer], Actions: AssumeTagAndName)],
                Permissions: [new Permission(AssumeTagAndName, [Reports, Reader, Denied])]),
            new Role(Reports,
                Trust: [new TrustStatement([TaskRole], ExternalId, AssumeTagAndName)],
                Permissions: [new Permission(AssumeTagAndName, [Reader])]),
            new Role(Reader,
                Trust: [new TrustStatement([TaskRole, Reports], Actions: AssumeTagAndName)]),
            new Role(Denied),
        ],
        [new User(Developer, AccessKeyId, SecretAccessKey, [new Permission(AssumeTagAndName, [TaskRole])])]);
}
