using System.CommandLine;
using System.Text.Json.Nodes;
using CredentialSidecar.Commands;
using CredentialSidecar.Configuration;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Tests.Generating;

/// <summary><c>credential-sidecar generate</c> as an operator would enter it.</summary>
internal static class GenerateRun
{
    public const string Target = "arn:aws:iam::555566667777:role/reports";

    /// <summary>The role of the README, and an image for the sidecar.</summary>
    public static readonly string[] OneRole = ["--role-arn", Target, "--image", "registry/credential-sidecar:1"];

    public static string Definition(string name) => File.ReadAllText(
        Repository.File("tests", "CredentialSidecar.Tests", "Generating", "Definitions", $"{name}.json"));

    public static (int Code, string Output, string Error) Of(string input, string[] words, params (string Name, string Value)[] environment)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var variables = new ProcessEnvironment(environment.Select(one => KeyValuePair.Create(one.Name, one.Value)));
        var command = GenerateCommand.Create(new Option<string?>("--config"), () => variables, () => new StringReader(input));
        var code = command.Parse(words).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>A task definition on standard input.</summary>
    public static (int Code, string Output, string Error) Task(string input, params string[] words) =>
        Of(input, ["task-definition", "--from", "-", .. words]);

    public static JsonNode Container(string definition, string name) =>
        JsonNode.Parse(definition)!["containerDefinitions"]!.AsArray().First(container => (string?)container!["name"] == name)!;

    public static string[] Words(JsonNode container, string field) => [.. container[field]!.AsArray().Select(word => (string)word!)];
}
