using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>The real terraform on a copy of samples/terraform, so that the samples stay without its files.</summary>
internal sealed class Terraform : IDisposable
{
    /// <summary>The collection of tests that load the AWS provider, one after the other: each takes a core for ten seconds.</summary>
    public const string Provider = "AWS provider";

    // Loading the AWS provider takes ten seconds on an idle machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("terraform-").FullName;

    private Terraform(string configuration)
    {
        var file = Path.Combine(_folder, "cli.tfrc");
        File.WriteAllText(file, configuration);
        Environment = CleanEnvironment.With(
            ("TF_CLI_CONFIG_FILE", file), ("TF_IN_AUTOMATION", "1"), ("TF_INPUT", "0"), ("CHECKPOINT_DISABLE", "1"), ("TF_CLI_ARGS", null),
            ("TF_DATA_DIR", null), ("TF_LOG", null), ("TF_WORKSPACE", null));
    }

    public static string Samples { get; } = Repository.File("samples", "terraform");

    /// <summary>The variables of terraform.</summary>
    public Dictionary<string, string?> Environment { get; }

    /// <summary>Skips the test where terraform is not installed.</summary>
    public static async Task<Terraform> CopyAsync()
    {
        await Installed.TerraformAsync();
        var terraform = new Terraform(Mirror() is not { } mirror ? ""
            : $$"""
                provider_installation {
                  filesystem_mirror {
                    path = "{{mirror}}"
                  }
                }

                """);

        foreach (var file in Directory.EnumerateFiles(Samples, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/.terraform", StringComparison.Ordinal)))
        {
            var copy = terraform.PathOf(Path.GetRelativePath(Samples, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return terraform;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <param name="folder">Relative to samples/terraform.</param>
    public Task<ChildProcess.Ended> RunAsync(string folder, params IEnumerable<string> words) =>
        ChildProcess.RunAsync("terraform", [$"-chdir={PathOf(folder)}", .. words], Environment, Limit);

    /// <summary>Installs the providers. Skips the test where terraform reaches no registry and no mirror.</summary>
    public async Task InitializeAsync(string folder)
    {
        var ended = await RunAsync(folder, "init", "-no-color");
        Assert.SkipWhen(ended.Errors.Contains("Failed to query available provider packages", StringComparison.Ordinal)
            || ended.Errors.Contains("Failed to install provider", StringComparison.Ordinal),
            "The AWS provider cannot be installed: give terraform the network, or a mirror in a folder /opt/tf-plugins");
        Assert.True(ended.Code == 0, ended.ToString());
    }

    // Build machines without network have the providers in a folder of this name.
    private static string? Mirror() => new[] { "/opt", "/usr/local", "/usr/local/share", "/usr/share", "/srv", "/var/lib", "/" }
        .Select(parent => Path.Combine(parent, "tf-plugins")).FirstOrDefault(Directory.Exists);
}
