using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>Every client of the ring, in the order of the table.</summary>
internal static class Catalogue
{
    /// <summary>Where .ci/install-clients puts what it installs.</summary>
    public static readonly string Cache = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/root", ".cache"),
        "credential-sidecar-clients");

    private static readonly Lazy<Task<IReadOnlyList<(string Path, string Version)>>> Clis = new(FindClisAsync);

    public static IReadOnlyList<Client> All { get; } =
    [
        new("boto3", "boto3 (Python)", () => Words("python3", PathOf("boto3/client.py"))),
        new("boto3deb", "boto3 of Debian 12", () => Words("/usr/bin/python3", PathOf("boto3/client.py"))),
        Cli("awscli1", "AWS CLI v1", "1."),
        Cli("awscli2", "AWS CLI v2", "2."),
        Node("js3", "JavaScript v3"),
        Node("js2", "JavaScript v2"),
        On("deno", "JavaScript v3 on Deno", "deno/node_modules/@deno/linux-x64-glibc/deno", "run", "--allow-all", "--quiet"),
        On("bun", "JavaScript v3 on Bun", "bun/node_modules/@oven/bun-linux-x64/bin/bun"),
        new("net4", ".NET v4", () => Words(Programs.Itself, Net4Client.Mode)),
        new("net3", ".NET v3", () => Words("dotnet", Path.Combine(Cache, "net3/out/net3.dll"))) { ProviderOnly = true, HasNoSts = true },
        new("gov2", "Go v2", () => Words(Path.Combine(Cache, "gov2/client"))),
        new("gov1", "Go v1", () => Words(Path.Combine(Cache, "gov1/client"))),
        Java("java2", "Java v2") with { AsksByChance = true },
        Java("java1", "Java v1"),
        Node("crtnode", "CRT, for node") with { ProviderOnly = true },
        new("crtpy", "CRT, for Python", () => Words("/usr/bin/python3", PathOf("crtpy/client.py"))) { ProviderOnly = true },
        Node("lancedb", "Rust, in LanceDB") with { ProviderOnly = true },
        Node("polars", "object_store (Rust), in Polars") with { ProviderOnly = true, TokenFileOnly = true },
        S3("restic", "restic"),
        S3("rclone", "rclone"),
        new("ruby3168", "Ruby before 3.171", () => Words("ruby", PathOf("ruby3168/client.rb"))) { RelativeOnly = true },
        new("fogaws", "fog-aws (Ruby)", () => Words("ruby", PathOf("fogaws/client.rb"))) { RelativeOnly = true },
        new("asyncaws", "async-aws (PHP)", () => Words("php", PathOf("asyncaws/client.php"))) { RelativeOnly = true },
        S3("gdal", "GDAL") with { RelativeOnly = true },
    ];

    public static Client Find(string id) => All.Single(client => client.Id == id);

    private static Client Cli(string id, string sdk, string version) => new(id, sdk, async () =>
        (await Clis.Value).FirstOrDefault(cli => cli.Version.StartsWith(version, StringComparison.Ordinal)) is { Path: { } path }
            ? ["python3", PathOf("awscli/client.py"), path]
            : null)
    { IsProcessPerCall = true };

    private static Client Node(string id, string sdk) => new(id, sdk, () => Words("node", "--no-deprecation", PathOf($"{id}/client.cjs")))
    {
        Environment = [("NODE_PATH", Path.Combine(Cache, id, "node_modules"))],
    };

    // The packages are those of js3.
    private static Client On(string id, string sdk, string runtime, params string[] words) =>
        new(id, sdk, () => Words([Path.Combine(Cache, runtime), .. words, PathOf("js3/client.cjs")]))
        {
            Environment =
            [
                ("NODE_PATH", Path.Combine(Cache, "js3", "node_modules")),
                ("DENO_NO_UPDATE_CHECK", "1"),
                ("DENO_DIR", Path.Combine(Cache, "deno", "dir")),
            ],
        };

    private static Client S3(string id, string sdk) => new(id, sdk, () => Words("python3", PathOf("s3tool/client.py"), id))
    {
        IsProcessPerCall = true,
        ProviderOnly = true,
    };

    private static Client Java(string id, string sdk) => new(id, sdk, () => Words("java", "-XX:TieredStopAtLevel=1", "-cp",
        $"{Path.Combine(Cache, id)}:{Path.Combine(Cache, "java/package/emulator/DynamoDBLocal_lib")}/*", "Client"))
    { ProviderOnly = true, HasNoSts = true };

    private static string PathOf(string program) => Programs.PathOf($"Clients/Programs/{program}");

    private static Task<string[]?> Words(params string[] words) => Task.FromResult<string[]?>(words);

    // A machine may have several of that name, and the first need not be the one.
    private static async Task<IReadOnlyList<(string Path, string Version)>> FindClisAsync()
    {
        var found = new List<(string, string)>();

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');

        foreach (var path in folders.Select(folder => Path.Combine(folder, "aws")).Where(File.Exists))
        {
            var ended = await ChildProcess.RunAsync(path, ["--version"], CleanEnvironment.With());
            var name = (ended.Output + ended.Errors).Split(' ')[0];

            if (ended.Code == 0 && name.StartsWith("aws-cli/", StringComparison.Ordinal))
            {
                found.Add((path, name["aws-cli/".Length..]));
            }
        }

        return found;
    }
}
