using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Charts;

/// <summary>The real helm on a copy of the charts, since a chart's dependencies are put into its folder.</summary>
public sealed class Helm : IAsyncLifetime
{
    private const string Missing = "helm is not installed: .ci/install-clients helm";

    private readonly string _folder = Directory.CreateTempSubdirectory("charts-").FullName;
    private string? _program;

    internal string Library => Path.Combine(_folder, "credential-sidecar");

    internal string Example => Path.Combine(_folder, "example-app");

    internal static string Samples { get; } = Repository.File("samples", "kubernetes");

    public async ValueTask InitializeAsync()
    {
        var found = Path.Combine(Catalogue.Cache, "helm", "package", "bin", "helm");

        if (!File.Exists(found))
        {
            return;
        }

        // helm runs as the user "nobody", so any user must be able to read the folder.
        _program = Path.Combine(_folder, "helm");
        File.Copy(found, _program);
        string[] charts = [Repository.File("charts", "credential-sidecar"), Repository.File("charts", "example-app")];
        await DoAsync("cp", ["-r", .. charts, Samples, _folder]);
        await DoAsync("chmod", "-R", "a+rwX", _folder);
        var built = await RunAsync("dependency", "build", Example);
        Assert.True(built.Code == 0, built.ToString());
    }

    /// <param name="values">A file of samples/kubernetes, without its ending.</param>
    /// <param name="settings">As <c>--set-json</c> takes them.</param>
    internal Task<ChildProcess.Ended> TemplateAsync(string values, params string[] settings) => RunAsync(
    [
        "template", "orders", Example, "--namespace", "app", "--kube-version", "1.33.0",
        "--values", Path.Combine(_folder, "kubernetes", $"{values}.yaml"),
        .. settings.SelectMany(setting => (string[])["--set-json", setting]),
    ]);

    /// <summary>Runs helm, without network and privileges where this process may drop them. Skips the test without helm.</summary>
    internal async Task<ChildProcess.Ended> RunAsync(params string[] words)
    {
        Assert.SkipUnless(_program is not null, Missing);
        string[] fence = Environment.IsPrivilegedProcess
            ? ["unshare", "--net", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--bounding-set=-all"]
            : ["env"];
        return await ChildProcess.RunAsync(fence[0], [.. fence[1..], _program!, .. words], CleanEnvironment.With(
            ("HOME", _folder), ("HELM_CACHE_HOME", _folder), ("HELM_CONFIG_HOME", _folder), ("HELM_DATA_HOME", _folder)));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task DoAsync(string program, params string[] words)
    {
        var ended = await ChildProcess.RunAsync(program, words, CleanEnvironment.With());
        Assert.True(ended.Code == 0, ended.ToString());
    }
}
