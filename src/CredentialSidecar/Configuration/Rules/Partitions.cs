namespace CredentialSidecar.Configuration.Rules;

/// <summary>Which regions belong to which partition, by the prefixes AWS gives them.</summary>
internal static class Partitions
{
    private static readonly (string Prefix, string Partition)[] ByPrefix =
    [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];

    public static string Of(string region) =>
        ByPrefix.FirstOrDefault(p => region.StartsWith(p.Prefix, StringComparison.Ordinal)).Partition ?? "aws";
}
