using System.CommandLine;
using CredentialSidecar.Commands;
using CredentialSidecar.Configuration;

namespace CredentialSidecar.Tests.Explaining;

/// <summary><c>credential-sidecar explain</c> as an operator would enter it.</summary>
internal static class ExplainRun
{
    public const string Configuration = """
        {
          "Region": "eu-central-1",
          "Destinations": {
            "reports": { "Hops": [{ "RoleArn": "arn:aws:iam::555566667777:role/reports", "ExternalId": "orders-7f3a" }] },
            "audit": {
              "Hops": [
                { "RoleArn": "arn:aws:iam::555566667777:role/reports", "ExternalId": "orders-7f3a", "Policy": "{}" },
                { "RoleArn": "arn:aws:iam::999900001111:role/team/audit/reader", "SourceIdentity": "orders" }
              ]
            }
          }
        }
        """;

    /// <param name="text">Standard input.</param>
    /// <param name="words">Flags.</param>
    public static (int Code, string Output, string Error) Of(string text, params string[] words) => With(Configuration, text, words);

    /// <param name="configuration">Null for none.</param>
    public static (int Code, string Output, string Error) With(string? configuration, string text, params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var variables = new ProcessEnvironment(
            configuration is null ? [] : [KeyValuePair.Create("SIDECAR_CONFIG", configuration.ReplaceLineEndings(" "))]);
        var command = ExplainCommand.Create(
            new Option<string?>("--config"), new Option<bool>("--json"), () => variables, () => new StringReader(text));
        string[] all = words.Any(word => !word.StartsWith('-')) ? words : ["-", .. words];
        var code = command.Parse(all).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
