using System.Globalization;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>The module and the example pass what terraform itself checks, and their own tests.</summary>
[Collection(Terraform.Provider)]
public sealed partial class TerraformTests
{
    [Fact]
    public async Task All_files_are_formatted()
    {
        using var terraform = await Terraform.CopyAsync();
        var ended = await terraform.RunAsync("", "fmt", "-check", "-diff", "-no-color", "-recursive");

        Assert.True(ended.Code == 0, ended.ToString());
    }

    [Fact]
    public void Lines_have_at_most_140_columns() => Assert.Empty(
        from pattern in (string[])["*.tf", "*.hcl"]
        from file in Directory.EnumerateFiles(Terraform.Samples, pattern, SearchOption.AllDirectories)
        from line in File.ReadLines(file).Index()
        where line.Item.Length > 140
        select $"{Path.GetRelativePath(Terraform.Samples, file)}:{line.Index + 1} has {line.Item.Length} columns");

    [Theory]
    [InlineData("modules/credential-sidecar", 30)]
    [InlineData("fargate", 2)]
    public async Task The_configuration_is_valid_and_passes_its_tests(string folder, int least)
    {
        using var terraform = await Terraform.CopyAsync();
        await terraform.InitializeAsync(folder);

        var validated = await terraform.RunAsync(folder, "validate", "-no-color");
        var tested = await terraform.RunAsync(folder, "test", "-no-color");

        Assert.True(validated.Code == 0 && !validated.Output.Contains("Warning", StringComparison.Ordinal), validated.ToString());
        Assert.True(tested.Code == 0, tested.ToString());

        // A file that terraform does not find has no failures either.
        var passed = Summary().Match(tested.Output);
        Assert.True(passed.Success && int.Parse(passed.Groups[1].Value, CultureInfo.InvariantCulture) >= least, tested.ToString());
    }

    [Fact]
    public void Every_validation_of_the_module_has_a_test_that_expects_its_failure()
    {
        var module = Path.Combine(Terraform.Samples, "modules", "credential-sidecar");
        var refusals = File.ReadAllText(Path.Combine(module, "tests", "refusals.tftest.hcl"));
        var variables = Variables().Matches(File.ReadAllText(Path.Combine(module, "variables.tf")))
            .Where(variable => variable.Value.Contains("validation {", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(variables);
        Assert.All(variables, variable =>
        {
            var validations = variable.Value.Split("validation {").Length - 1;
            var expected = refusals.Split($"expect_failures = [var.{variable.Groups[1].Value}]").Length - 1;
            Assert.True(expected >= validations, $"{variable.Groups[1].Value} has {validations} validations and {expected} tests.");
        });
    }

    [GeneratedRegex(@"^Success! (\d+) passed, 0 failed\.", RegexOptions.Multiline)]
    private static partial Regex Summary();

    [GeneratedRegex("^variable \"(\\w+)\" \\{\n.*?^\\}\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Variables();
}
