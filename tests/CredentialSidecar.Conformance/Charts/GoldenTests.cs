namespace CredentialSidecar.Conformance.Charts;

/// <summary>A change of the charts shows as a change of what they make.</summary>
public sealed class GoldenTests(Helm helm) : IClassFixture<Helm>
{
    private const string Write = "CREDENTIAL_SIDECAR_WRITE_GOLDEN";

    [Fact]
    public void Every_sample_has_a_golden_file() => Assert.Equal(
        Directory.EnumerateFiles(Helm.Samples, "*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal),
        Manifests.Names.Select(row => row.Data));

    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public async Task Helm_makes_of_a_sample_what_its_golden_file_holds(string name)
    {
        var ended = await helm.TemplateAsync(name);
        Assert.Equal((0, ""), (ended.Code, ended.Errors));

        if (Environment.GetEnvironmentVariable(Write) is not null)
        {
            await File.WriteAllTextAsync(Manifests.Golden(name), ended.Output + "\n", TestContext.Current.CancellationToken);
        }

        var golden = await File.ReadAllTextAsync(Manifests.Golden(name), TestContext.Current.CancellationToken);
        Assert.True(golden == ended.Output + "\n", $"{name} differs; look at the difference after {Write}=1 on this test.\n{ended.Output}");
    }

    [Theory]
    [InlineData("example-app")]
    [InlineData("credential-sidecar")]
    public async Task Helm_lint_has_nothing_to_say(string chart)
    {
        var ended = await helm.RunAsync("lint", "--strict", chart == "example-app" ? helm.Example : helm.Library);

        Assert.Equal(0, ended.Code);
        Assert.DoesNotContain("WARNING", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ERROR", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_without_native_sidecars_is_refused()
    {
        var ended = await helm.RunAsync("template", "orders", helm.Example, "--kube-version", "1.28.9");

        Assert.NotEqual(0, ended.Code);
        Assert.Contains("requires kubeVersion: >=1.29", ended.Errors, StringComparison.Ordinal);
    }
}
