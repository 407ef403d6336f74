using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Charts;

/// <summary>What an API server would say of the manifests, as far as the published models of its types know it.</summary>
public sealed class ApiTests
{
    private static readonly string Script = Programs.PathOf(Path.Combine("Charts", "strict.cjs"));

    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public async Task Every_field_is_one_of_Kubernetes(string name)
    {
        var ended = await CheckAsync(Manifests.Golden(name));

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Equal("2 documents", ended.Output);
    }

    [Theory]
    [InlineData("restartPolicy: Always", "restartPolici: Always", "restartPolici: no field of V1Container")]
    [InlineData("runAsUser: 9170", "runAsUser: \"9170\"", "runAsUser: expected a number")]
    [InlineData("path: /livez", "path: /livez\n              path: /readyz", "duplicated mapping key")]
    [InlineData("  replicas: 1\n", "  replicas: one\n", "replicas: expected a number")]
    public async Task A_mistake_is_found(string right, string wrong, string line)
    {
        var file = Path.GetTempFileName();

        try
        {
            var golden = await File.ReadAllTextAsync(Manifests.Golden("pod-identity"), TestContext.Current.CancellationToken);
            var changed = golden.Replace(right, wrong, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, changed, TestContext.Current.CancellationToken);
            var ended = await CheckAsync(file);

            Assert.NotEqual(0, ended.Code);
            Assert.Contains(line, ended.Output + ended.Errors, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<ChildProcess.Ended> CheckAsync(string file)
    {
        await Installed.CommandAsync("node is not installed: apt-get install -y --no-install-recommends nodejs npm", "node", "--version");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Catalogue.Cache, "kubernetes-models", "node_modules"))
                && Directory.Exists(Path.Combine(Catalogue.Cache, "kubernetes-client", "node_modules")),
            "the models of Kubernetes are not installed: .ci/install-clients kubernetes");
        return await ChildProcess.RunAsync("node", [Script, Catalogue.Cache, file], CleanEnvironment.With());
    }
}
