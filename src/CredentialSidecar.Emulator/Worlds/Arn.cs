using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Emulator.Worlds;

/// <summary>An IAM role or user, of any partition; a path is part of the ARN but not of the sessions made from it.</summary>
internal sealed partial record Arn(string Text, string Partition, string Account, string Kind, string Name)
{
    public string Root => $"arn:{Partition}:iam::{Account}:root";

    public string AssumedRole(string sessionName) => $"arn:{Partition}:sts::{Account}:assumed-role/{Name}/{sessionName}";

    public static Arn Parse(string text) =>
        TryParse(text, out var arn) ? arn : throw new FormatException($"'{text}' is not the ARN of a role or user");

    public static bool TryParse(string? text, [NotNullWhen(true)] out Arn? arn)
    {
        var match = Shape().Match(text ?? "");
        arn = match.Success
            ? new Arn(match.Value, match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value)
            : null;
        return match.Success;
    }

    [GeneratedRegex(
        @"\Aarn:(aws|aws-cn|aws-us-gov|aws-iso(?:-[a-z])?|aws-eusc):iam::([0-9]{12}):(role|user)/" +
        @"(?:[\x21-\x2E\x30-\x7E]+/)*([A-Za-z0-9_+=,.@-]{1,64})\z")]
    private static partial Regex Shape();
}
