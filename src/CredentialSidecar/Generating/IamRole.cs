using System.Text.Json.Nodes;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Generating;

/// <summary>A role with what its policies need: the trust policy, the statements of an inline policy, and managed policies.</summary>
/// <param name="Purpose">What the role is for, for a person.</param>
internal sealed record IamRole(RoleArn Arn, string Purpose)
{
    /// <summary>The statements of the trust policy.</summary>
    public List<JsonObject> Trust { get; } = [];

    /// <summary>The statements of the role's own policy.</summary>
    public List<JsonObject> Statements { get; } = [];

    /// <summary>ARNs of managed policies.</summary>
    public List<string> Managed { get; } = [];

    /// <summary>The path of the role, <c>/</c> or <c>/team/</c>.</summary>
    public string Path => Arn.Text.Split(':', 6)[5]["role".Length..^Arn.Name.Length];

    public static JsonObject Document(IEnumerable<JsonObject> statements) => new()
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray([.. statements.Select(statement => statement.DeepClone())]),
    };
}
