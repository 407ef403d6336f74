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
            # Creates the roles of the account whose credentials it runs with. Run it in each account, in this order: ORDER.
            # IAM rejects a trust policy that names a role that does not exist yet.
            # It creates or replaces the inline policy credential-sidecar. It never replaces the trust policy of a role that exists.
            set -eu
            account=$(aws sts get-caller-identity --query Account --output text)
            failed=1

            role() { # NAME PATH ARN TRUST
              if aws iam get-role --role-name "$1" >/dev/null 2>&1; then
                printf '%s exists. Check that its trust policy has these statements:\n%s\n' "$3" "$4"
                return
              fi
              attempt=1
              until said=$(aws iam create-role --role-name "$1" --path "$2" --assume-role-policy-document "$4" 2>&1 >/dev/null); do
                # IAM takes some seconds until a trust policy may name a new role.
                case "$attempt $said" in
                  [1-9]' '*MalformedPolicyDocument*) attempt=$((attempt + 1)); sleep 3 ;;
                  *) printf '%s: %s\n' "$3" "$said" >&2; exit 1 ;;
                esac
              done
            }


            """.ReplaceLineEndings("\n").Replace("ORDER", Accounts(roles), StringComparison.Ordinal));

        foreach (var (previous, role) in roles.Prepend(null).Zip(roles))
        {
            if (previous?.Arn.AccountId != role.Arn.AccountId)
            {
                script.Append(previous is null ? "" : "fi\n\n").Append($"if [ \"$account\" = {role.Arn.AccountId} ]; then\n  failed=0\n");
            }

            var name = Quoted(role.Arn.Name);
            script.Append($"  # {role.Purpose}\n")
                .Append($"  role {name} {Quoted(role.Path)} {Quoted(role.Arn.Text)} {Quoted(IamRole.Document(role.Trust))}\n");

            if (role.Statements.Count > 0)
            {
                script.Append($"  aws iam put-role-policy --role-name {name} --policy-name {PolicyName} ")
                    .Append($"--policy-document {Quoted(IamRole.Document(role.Statements))}\n");
            }

            foreach (var managed in role.Managed)
            {
                script.Append($"  aws iam attach-role-policy --role-name {name} --policy-arn {Quoted(managed)}\n");
            }
        }

        return script.Append("""
            fi

            if [ "$failed" = 1 ]; then
              echo "Account $account has none of these roles. Use credentials of one of: ORDER." >&2
            fi
            exit "$failed"

            """.ReplaceLineEndings("\n").Replace("ORDER", Accounts(roles), StringComparison.Ordinal)).ToString();
    }

    /// <summary>The accounts, in the order in which their roles have to be created.</summary>
    public static string Accounts(IReadOnlyList<IamRole> roles) => string.Join(", ", RoleOrder.Accounts(roles));

    /// <summary>A template for each account.</summary>
    /// <exception cref="InputException">An account would need two.</exception>
    public static IEnumerable<(string Account, string Text)> CloudFormation(IReadOnlyList<IamRole> roles) =>
        RoleOrder.Accounts(roles).GroupBy(account => account).FirstOrDefault(same => same.Count() > 1) is { Key: var twice }
            ? throw new InputException($"Account {twice} has a role that a role of another account assumes, and one that it calls, so one "
                + "template cannot create both. Use --format cli.")
            : Templates(roles);

    private static IEnumerable<(string Account, string Text)> Templates(IReadOnlyList<IamRole> roles) => roles
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
        string[] first = [.. stack.Where(other => other != role && RoleOrder.IsCaller(other, role)).Select(LogicalId)];

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

    private static string Quoted(JsonObject json) => Quoted(JsonInput.Write(json, indented: false));

    // A role's path may have any character of ASCII, so the shell must not read it.
    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
