using System.Text.Json;
using System.Text.RegularExpressions;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks session policies by the limits of STS.</summary>
internal static partial class PolicyRules
{
    private const int Longest = 2048;
    private const int MostArns = 10;

    /// <param name="role">Null if the ARN is invalid.</param>
    public static void Check(HopOptions hop, RoleArn? role, Func<string, string> path, Findings findings)
    {
        if (hop.Policy is { } written)
        {
            hop.Policy = Minified(written, path("Policy"), findings);
            findings.Require(hop.Policy.Length <= Longest, path("Policy"),
                $"has {hop.Policy.Length} characters without whitespace between tokens; expected at most {Longest}");
        }

        findings.Require(hop.PolicyArns.Count <= MostArns, path("PolicyArns"),
            $"has {hop.PolicyArns.Count} entries; expected at most {MostArns}");

        var partition = role?.Partition ?? "aws";

        foreach (var (i, arn) in hop.PolicyArns.Index())
        {
            var match = Arns().Match(arn);
            var fits = match.Success && (role is null
                || (match.Groups[1].Value == role.Partition
                    && (match.Groups[2].Value == "aws" || match.Groups[2].Value == role.AccountId)));
            findings.Require(fits, path($"PolicyArns:{i}"),
                $"is {Shown.Quoted(arn)}; expected a policy of the role's own account, "
                + $"arn:{partition}:iam::{role?.AccountId ?? "123456789012"}:policy/name, "
                + $"or one of AWS, arn:{partition}:iam::aws:policy/name");
        }
    }

    private static string Minified(string text, string path, Findings findings)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            findings.Require(document.RootElement.ValueKind == JsonValueKind.Object, path,
                "is not a JSON object; write the policy document as an object or as one string");
            return HopForms.Minified(document.RootElement);
        }
        catch (JsonException e)
        {
            findings.Wrong(path, $"{JsonFault.Describe(e)}; write the policy document, as an object or as one string");
            return text;
        }
        catch (InvalidOperationException)
        {
            findings.Wrong(path, "is invalid JSON: a \\u escape in it is not a character");
            return text;
        }
    }

    [GeneratedRegex(@"^arn:(aws[a-z-]*):iam::([0-9]{12}|aws):policy/[\x21-\x7E]{1,1024}\z")]
    private static partial Regex Arns();
}
