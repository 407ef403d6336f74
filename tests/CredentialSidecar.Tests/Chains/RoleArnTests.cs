using CredentialSidecar.Chains;
using Xunit;

namespace CredentialSidecar.Tests.Chains;

/// <summary>Role ARNs of every partition and path, and why anything else is none.</summary>
public sealed class RoleArnTests
{
    [Theory]
    [InlineData("aws", "role/reports", "reports")]
    [InlineData("aws-cn", "role/team/x/reports", "reports")]
    [InlineData("aws-us-gov", "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", "AWSServiceRoleForECS")]
    [InlineData("aws-iso", "role/a+b=c,d.e@f_g-h", "a+b=c,d.e@f_g-h")]
    [InlineData("aws-iso-b", "role/x", "x")]
    [InlineData("aws-iso-e", "role/x", "x")]
    [InlineData("aws-iso-f", "role/x", "x")]
    [InlineData("aws-eusc", "role/x", "x")]
    public void Every_partition_and_path_is_taken(string partition, string resource, string name)
    {
        var arn = RoleArn.Parse($"arn:{partition}:iam::001234567890:{resource}");

        Assert.Equal((partition, "001234567890", name), (arn.Partition, arn.AccountId, arn.Name));
        Assert.Equal($"arn:{partition}:iam::001234567890:{resource}", arn.ToString());
    }

    public static TheoryData<string?, string> Wrong => new()
    {
        { null, "is missing" },
        { "  ", "is missing" },
        { " arn:aws:iam::123456789012:role/x", "contains a space" },
        { "arn:aws:iam::123456789012:role/x\n", "contains a space" },
        { "arn:aws:iam::123456789012:role/ä", "contains a space, a line end or another invalid character" },
        { new string('x', 5000), "has 5000 characters" },
        { "reports", "expected arn:aws:iam::123456789012:role/name" },
        { "ARN:AWS:IAM::123456789012:role/x", "expected arn:aws:iam::123456789012:role/name" },
        { "arn:aws:iam::1234567890123456:role/x", "its account id has 16 characters; expected 12 digits" },
        { "arn:aws:iam::12345678901:role/x", "its account id has 11 characters" },
        { "arn:aws:iam::12345678901a:role/x", "expected 12 digits" },
        { "arn:aws:iam:eu-central-1:123456789012:role/x", "IAM ARNs have no region; write arn:aws:iam::123456789012:role/x" },
        {
            "arn:aws:sts::123456789012:assumed-role/x/me",
            "the ARN of a session; write the ARN of its role, arn:aws:iam::123456789012:role/x"
        },
        { "arn:aws:sts::123456789012:federated-user/me", "write the ARN of its role, arn:aws:iam::123456789012:role/name" },
        { "arn:aws:s3:::bucket", "an ARN of the service \"s3\"; expected iam" },
        { "arn:amazon:iam::123456789012:role/x", "\"amazon\" is not an AWS partition" },
        { "arn:aws:iam::123456789012:user/x", "is not the ARN of a role" },
        { "arn:aws:iam::123456789012:role", "is not the ARN of a role" },
        { "arn:aws:iam::123456789012:role/", "is not a role name" },
        { "arn:aws:iam::123456789012:role//x", "is not a role name" },
        { "arn:aws:iam::123456789012:role/*", "is not a role name" },
        { $"arn:aws:iam::123456789012:role/{new string('x', 65)}", "is not a role name" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Anything_else_is_refused_with_its_reason(string? text, string expected)
    {
        Assert.False(RoleArn.TryParse(text, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => RoleArn.Parse(text));
    }
}
