using System.Text.Json.Nodes;

namespace CredentialSidecar.ContainerTests;

/// <summary>What is in the images, and what they say of themselves.</summary>
public sealed class ImageTests : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await Images.RequireAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_sidecar_runs_as_9170_and_brings_its_volume_and_its_health_check()
    {
        var config = (await Engine.InspectAsync(Images.Sidecar))["Config"]!;

        Assert.Equal("9170:9170", (string?)config["User"]);
        Assert.NotNull(config["Volumes"]!["/credential-sidecar"]);
        Assert.Contains("SIDECAR_SHARED_DIR=/credential-sidecar", Texts(config["Env"]!));
        Assert.Contains("DOTNET_EnableDiagnostics=0", Texts(config["Env"]!));
        Assert.Equal(["CMD", "/usr/local/bin/credential-launch", "--check"], Texts(config["Healthcheck"]!["Test"]!));
        Assert.Equal("Apache-2.0", (string?)config["Labels"]!["org.opencontainers.image.licenses"]);
        Assert.Matches("^([0-9a-f]{40}|unknown)$", (string?)config["Labels"]!["org.opencontainers.image.revision"]);
    }

    [Theory]
    [InlineData(Images.Sidecar)]
    [InlineData(Images.Init)]
    public async Task The_supervisor_is_the_first_process_and_every_command_runs_below_it(string image)
    {
        var entrypoint = (await Engine.InspectAsync(image))["Config"]!["Entrypoint"]!;
        Assert.Equal(["/usr/local/bin/credential-supervisor", "/usr/local/bin/credential-sidecar"], Texts(entrypoint));

        var version = await Engine.TryAsync("run", "--rm", image, "--version");
        var wrong = await Engine.TryAsync("run", "--rm", "-e", "SIDECAR_DRAIN=x", image, "validate");

        Assert.Matches(@"^\d+\.\d+\.\d+", version.Succeeded());
        Assert.Equal(78, wrong.Code);
        Assert.Contains("SIDECAR_DRAIN ", wrong.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Images.Sidecar)]
    [InlineData(Images.Init)]
    [InlineData(Images.Emulator)]
    public async Task No_image_has_a_shell_or_a_program_that_changes_its_user(string image)
    {
        var files = await FilesAsync(image);

        Assert.Contains(files, file => file.Path.StartsWith("usr/local/bin/credential-sidecar", StringComparison.Ordinal));
        Assert.DoesNotContain(
            files,
            file => Path.GetFileName(file.Path) is "sh" or "bash" or "dash" or "ash" or "busybox" or "perl" or "python3");
        Assert.DoesNotContain(files, file => file.Mode.StartsWith('-') && file.Mode.Contains('s', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Images.Sidecar)]
    [InlineData(Images.Init)]
    public async Task Programs_that_hold_secrets_run_and_cannot_be_read_and_siblings_get_a_copy_that_can(string image)
    {
        var files = (await FilesAsync(image))
            .Where(file => file.Path.StartsWith("usr/local/", StringComparison.Ordinal) && file.Mode.StartsWith('-'));

        Assert.Equal(
        [
            ("usr/local/bin/credential-launch", "---x--x--x", "0/0"),
            ("usr/local/bin/credential-sidecar", "---x--x--x", "0/0"),
            ("usr/local/bin/credential-supervisor", "---x--x--x", "0/0"),
            ("usr/local/share/credential-sidecar/credential-launch", "-r-xr-xr-x", "0/0"),
        ], files.Select(file => (file.Path, file.Mode, file.Owner)).Order());
    }

    [Fact]
    public async Task The_shared_directory_is_empty_and_the_sidecars_own()
    {
        var shared = (await FilesAsync(Images.Sidecar))
            .Where(file => file.Path.StartsWith("credential-sidecar/", StringComparison.Ordinal));

        Assert.Equal(("drwxr-xr-x", "9170/9170"), shared.Select(file => (file.Mode, file.Owner)).Single());
    }

    [Fact]
    public async Task No_file_but_the_shared_directory_is_the_sidecars_own() => Assert.DoesNotContain(
        await FilesAsync(Images.Sidecar),
        file => file.Owner.Contains("9170", StringComparison.Ordinal) && file.Path != "credential-sidecar/");

    [Fact]
    public async Task The_bill_of_materials_lists_what_was_compiled_in_with_its_licence()
    {
        var bill = JsonNode.Parse(await FileAsync(Images.Sidecar, "/sbom/credential-sidecar.cdx.json"))!;
        var parts = bill["components"]!.AsArray().ToDictionary(part => (string)part!["name"]!, part => part!);

        Assert.Equal("CycloneDX", (string?)bill["bomFormat"]);
        Assert.Equal("Apache-2.0", (string?)parts["AWSSDK.SecurityToken"]["licenses"]![0]!["expression"]);
        Assert.Equal("MIT", (string?)parts["Yarp.ReverseProxy"]["licenses"]![0]!["expression"]);
        Assert.Equal("excluded", (string?)parts["Microsoft.CodeAnalysis.BannedApiAnalyzers"]["scope"]);
        Assert.Contains(parts.Keys, name => name.StartsWith("Microsoft.AspNetCore.App.Runtime.", StringComparison.Ordinal));
        Assert.All(parts, part => Assert.NotNull(part.Value["licenses"]));
        var locked = Locked("src/CredentialSidecar/packages.lock.json").Keys;
        Assert.Equal(locked, parts.Keys.Intersect(locked).Order());
        var licences = await FileAsync(Images.Sidecar, "/sbom/credential-sidecar.licences.txt");
        Assert.DoesNotContain("NOASSERTION", licences, StringComparison.Ordinal);
        Assert.Contains("Apache License", await FileAsync(Images.Sidecar, "/sbom/LICENSE"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CredentialSidecar")]
    [InlineData("CredentialSidecar.Emulator")]
    [InlineData("CredentialSidecar.Launcher")]
    [InlineData("CredentialSidecar.Supervisor")]
    public void The_native_publish_pins_what_the_ordinary_build_pins(string project) => Assert.All(["linux-x64", "linux-arm64"], platform =>
    {
        var native = Locked($"src/{project}/packages.{platform}.lock.json");

        Assert.All(Locked($"src/{project}/packages.lock.json"), package =>
            Assert.True(
                native.TryGetValue(package.Key, out var hash) && hash == package.Value,
                $"{package.Key} is not the same in both locks: .ci/image/lock"));
    });

    [Fact]
    public async Task The_sidecar_has_no_diagnostics_even_where_they_are_asked_for()
    {
        await using var task = await EmulatedTask.StartAsync();
        string[] options =
            [.. task.Joined, .. EmulatedTask.Variables("DOTNET_EnableDiagnostics=1"), .. EmulatedTask.Ecs, .. EmulatedTask.Configured];
        var sidecar = await task.RunAsync("sidecar", options, Images.Sidecar);
        var emulator = await task.RunAsync(
            "other", options, Images.Emulator, "--agent-port", "0", "--sts-port", "0", "--control-port", "0");
        await Engine.HealthyAsync(sidecar);

        // The emulator has the same base image and was compiled with diagnostics, so it shows that there would be a socket.
        await Eventually.HoldsAsync(
            async () => (await ChangedAsync(emulator)).Contains("dotnet-diagnostic", StringComparison.Ordinal),
            () => ChangedAsync(emulator));
        Assert.DoesNotContain("dotnet-diagnostic", await ChangedAsync(sidecar), StringComparison.Ordinal);

        static Task<string> ChangedAsync(string container) => Engine.DoAsync("diff", container);
    }

    private static IEnumerable<string> Texts(JsonNode array) => array.AsArray().Select(item => (string)item!);

    private static SortedDictionary<string, string> Locked(string file)
    {
        var packages = JsonNode.Parse(File.ReadAllText(Repository.File(file)))!["dependencies"]!["net10.0"]!.AsObject();
        var hashes = packages.ToDictionary(package => package.Key, package => (string)package.Value!["contentHash"]!);
        return new SortedDictionary<string, string>(hashes, StringComparer.Ordinal);
    }

    private static async Task<string> FileAsync(string image, string path) => await WithAsync(image, async container =>
    {
        string[] words = ["-c", "docker cp \"$1\" - | tar -xO", "sh", $"{container}:{path}"];
        return (await Command.RunAsync("sh", words)).Succeeded();
    });

    private static async Task<Entry[]> FilesAsync(string image) => await WithAsync(image, async container =>
    {
        string[] words = ["-c", "docker export \"$1\" | tar --numeric-owner -tv", "sh", container];
        var listed = (await Command.RunAsync("sh", words)).Succeeded();
        return listed.Split('\n')
            .Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
            .Select(columns => new Entry(columns[0], columns[1], columns[5]))
            .ToArray();
    });

    private static async Task<T> WithAsync<T>(string image, Func<string, Task<T>> use)
    {
        var container = await Engine.DoAsync("create", image);

        try
        {
            return await use(container);
        }
        finally
        {
            await Engine.TryAsync("rm", "-v", container);
        }
    }

    private sealed record Entry(string Mode, string Owner, string Path);
}
