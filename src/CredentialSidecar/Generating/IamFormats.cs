using System.Text;
using System.Text.Json.Nodes;

namespace CredentialSidecar.Generating;

/// <summary>Roles as JSON, as a script for the AWS CLI, or as CloudFormation templates.</summary>
internal static class IamFormats
{
    private const string PolicyName = "credential-sidecar";

    public static string Json(IEnumerable<IamRole> roles) => JsonInput.Write(new JsonObject
    {
        ["roles"] = new JsonArray([.. roles.Select(role => new JsonObject
        {
            ["role"] = role.Arn.Text,
            ["account"] = role.Arn.AccountId,
            ["purpose"] = role.Purpose,
            ["trustPolicy"] = IamRole.Document(role.Trust),
            ["policy"] = role.Statements.Count == 0 ? null : IamRole.Document(role.Statements),
            ["managedPolicyArns"] = JsonInput.ToJson(role.Managed),
        })]),
    }) + "\n";

    /// <summary>A script that creates the roles of the account it runs in. It never replaces a trust policy.</summary>
    public static string Cli(IReadOnlyList<IamRole> roles)
    {
        var script = new StringBuilder("""
            #!/bin/sh
            # Creates the roles of the account whose credentials it runs with. Run it once in each account, in this order: ORDER.
            # IAM rejects a trust policy that names a role that does not exist yet.
            # It creates or replaces the inline policy credential-sidecar. It never replaces the trust policy of a role that exists.
            set -eu
            account=$(aws sts get-caller-identity --query Account --output text)


            """.ReplaceLineEndings("\n").Replace("ORDER", Accounts(roles), StringComparison.Ordinal));

        foreach (var account in roles.GroupBy(role => role.Arn.AccountId, StringComparer.Ordinal))
        {
            script.Append($"if [ \"$account\" = {account.Key} ]; then\n");

            foreach (var role in account)
            {
                var (name, trust) = (role.Arn.Name, Quoted(IamRole.Document(role.Trust)));
                script.Append($"  # {role.Purpose}\n")
                    .Append($"  if aws iam get-role --role-name {name} >/dev/null 2>&1; then\n")
                    .Append($"    echo \"{role.Arn} exists. Check that its trust policy has these statements:\"\n")
                    .Append($"    printf '%s\\n' {trust}\n")
                    .Append("  else\n")
                    .Append($"    aws iam create-role --role-name {name} --path {role.Path} ")
                    .Append($"--assume-role-policy-document {trust} >/dev/null\n")
                    .Append("  fi\n");

                if (role.Statements.Count > 0)
                {
                    script.Append($"  aws iam put-role-policy --role-name {name} --policy-name {PolicyName} ")
                        .Append($"--policy-document {Quoted(IamRole.Document(role.Statements))}\n");
                }

                foreach (var managed in role.Managed)
                {
                    script.Append($"  aws iam attach-role-policy --role-name {name} --policy-arn {managed}\n");
                }
            }

            script.Append("fi\n\n");
        }

        return $"{script.ToString().TrimEnd('\n')}\n";
    }

    /// <summary>The accounts, in the order in which their roles have to be created.</summary>
    public static string Accounts(IEnumerable<IamRole> roles) =>
        string.Join(", ", roles.Select(role => role.Arn.AccountId).Distinct(StringComparer.Ordinal));

    /// <summary>A template for each account.</summary>
    public static IEnumerable<(string Account, string Text)> CloudFormation(IEnumerable<IamRole> roles) => roles
        .GroupBy(role => role.Arn.AccountId, StringComparer.Ordinal)
        .Select(account => (account.Key, JsonInput.Write(new JsonObject
        {
            ["AWSTemplateFormatVersion"] = "2010-09-09",
            ["Description"] = $"Roles of CredentialSidecar in account {account.Key}. Needs CAPABILITY_NAMED_IAM.",
            ["Resources"] = new JsonObject(
                account.Select(role => KeyValuePair.Create(LogicalId(role), (JsonNode?)Resource(role, [.. account])))),
        }) + "\n"));

    private static JsonObject Resource(IamRole role, IamRole[] stack)
    {
        var properties = new JsonObject
        {
            ["RoleName"] = role.Arn.Name,
            ["Path"] = role.Path,
            ["AssumeRolePolicyDocument"] = IamRole.Document(role.Trust),
        };

        if (role.Statements.Count > 0)
        {
            var policy = new JsonObject { ["PolicyName"] = PolicyName, ["PolicyDocument"] = IamRole.Document(role.Statements) };
            properties["Policies"] = new JsonArray(policy);
        }

        if (role.Managed.Count > 0)
        {
            properties["ManagedPolicyArns"] = JsonInput.ToJson(role.Managed);
        }

        var resource = new JsonObject { ["Type"] = "AWS::IAM::Role" };
        var callers = role.Trust.SelectMany(statement => statement["Principal"].Words("AWS") ?? [statement["Principal"].Text("AWS") ?? ""]);
        string[] first = [.. stack.Where(other => other != role && callers.Contains(other.Arn.Text)).Select(LogicalId)];

        // IAM rejects a trust policy that names a role that does not exist yet.
        if (first.Length > 0)
        {
            resource["DependsOn"] = JsonInput.ToJson(first);
        }

        resource["Properties"] = properties;
        return resource;
    }

    // Letters and digits only. The hash tells apart roles whose names differ in other characters, or in their paths.
    private static string LogicalId(IamRole role)
    {
        var letters = string.Concat(role.Arn.Name.Where(char.IsAsciiLetterOrDigit));
        var hash = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(role.Arn.Text));
        return $"{letters}{Convert.ToHexString(hash.AsSpan(0, 4))}";
    }

    // External ids and role names have no apostrophe, but a policy of the operator's own may have one.
    private static string Quoted(JsonObject json) =>
        $"'{JsonInput.Write(json, indented: false).Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
