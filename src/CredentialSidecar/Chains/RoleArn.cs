using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Chains;

/// <summary>The ARN of an IAM role, in any partition and with any IAM path.</summary>
internal sealed partial record RoleArn
{
    private const int LongestArn = 2048;
    private const int LongestPathAndName = 512 + 64;

    private RoleArn(string text, string partition, string accountId, string name) =>
        (Text, Partition, AccountId, Name) = (text, partition, accountId, name);

    /// <summary>The ARN as it was written.</summary>
    public string Text { get; }

    /// <summary><c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>, <c>aws-iso…</c>, <c>aws-eusc</c>.</summary>
    public string Partition { get; }

    /// <summary>Twelve digits; leading zeros matter, so it is never a number.</summary>
    public string AccountId { get; }

    /// <summary>The role's name without its IAM path.</summary>
    public string Name { get; }

    public override string ToString() => Text;

    /// <exception cref="FormatException">The text is not the ARN of a role.</exception>
    public static RoleArn Parse(string? text) =>
        TryParse(text, out var arn, out var problem) ? arn : throw new FormatException($"The role ARN {problem}.");

    /// <summary>Reads an ARN, or explains what is wrong with it.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RoleArn? arn, [NotNullWhen(false)] out string? problem)
    {
        (arn, problem) = (null, null);

        if (string.IsNullOrWhiteSpace(text))
        {
            problem = "is missing; write arn:aws:iam::123456789012:role/name";
            return false;
        }

        if (text.Length > LongestArn || text.Any(c => c is <= ' ' or > '~'))
        {
            problem = text.Length > LongestArn
                ? $"has {text.Length} characters, which is too long for the ARN of a role"
                : "contains a space, a line end or another invalid character; expected arn:aws:iam::123456789012:role/name";
            return false;
        }

        var parts = text.Split(':', 6);

        problem = parts switch
        {
            not ["arn", _, _, _, _, _] => $"is \"{text}\"; expected arn:aws:iam::123456789012:role/name",
            [_, _, "sts", _, _, _] =>
                $"is \"{text}\", the ARN of a session; write the ARN of its role, "
                + $"arn:{parts[1]}:iam::{parts[4]}:role/{NameInSession(parts[5])}",
            [_, _, not "iam", _, _, _] => $"is \"{text}\", an ARN of the service \"{parts[2]}\"; expected iam",
            _ when !Partitions().IsMatch(parts[1]) => $"is \"{text}\", and \"{parts[1]}\" is not an AWS partition",
            [_, _, _, not "", _, _] => $"is \"{text}\", but IAM ARNs have no region; write arn:{parts[1]}:iam::{parts[4]}:{parts[5]}",
            _ when !AccountIds().IsMatch(parts[4]) =>
                $"is \"{text}\", and its account id has {parts[4].Length} characters; expected 12 digits",
            _ when !parts[5].StartsWith("role/", StringComparison.Ordinal) =>
                $"is \"{text}\", which is not the ARN of a role; expected …:role/name",
            _ when parts[5].Contains(":role/", StringComparison.Ordinal) => $"is \"{text}\", more than one ARN; separate them by commas",
            _ when !Roles().IsMatch(parts[5]) || parts[5].Length > LongestPathAndName =>
                $"is \"{text}\", and \"{parts[5]}\" is not a role name; "
                + "expected role/name or role/path/name, a name of 1 to 64 of A-Z a-z 0-9 + = , . @ _ -",
            _ => null,
        };

        if (problem is not null)
        {
            return false;
        }

        arn = new RoleArn(text, parts[1], parts[4], parts[5][(parts[5].LastIndexOf('/') + 1)..]);
        return true;
    }

    // assumed-role/name/session; the IAM path, if the role has one, is not in it.
    private static string NameInSession(string resource) =>
        resource.Split('/') is ["assumed-role", { Length: > 0 } name, ..] ? name : "name";

    [GeneratedRegex(@"^(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso(-[a-z])?)\z")]
    private static partial Regex Partitions();

    [GeneratedRegex(@"^[0-9]{12}\z")]
    private static partial Regex AccountIds();

    // The path may contain any printable ASCII, but begins and ends with a slash.
    [GeneratedRegex(@"^role/([\x21-\x7E]+/)?[\w+=,.@-]{1,64}\z", RegexOptions.ECMAScript)]
    private static partial Regex Roles();
}
