using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Conformance.Supervisor;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>The program with a credential process: a shell script, a Python script, and the launcher of another sidecar.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ProcessSourceTests : IDisposable
{
    private const string Keys = $$"""
        {"Version":1,"AccessKeyId":"{{DefaultWorld.AccessKeyId}}","SecretAccessKey":"{{DefaultWorld.SecretAccessKey}}"}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("helper-").FullName;

    private string Seen => Path.Combine(_folder, "seen");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Boto3_acts_as_the_destination_of_a_script_that_gets_no_secret_and_no_descriptor()
    {
        var helper = Script($"#!/bin/sh\n{{ env; ls -l /proc/self/fd; echo \"$1\"; cat; }} > {Seen}\necho '{Keys}'\n");
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(
            emulator, [.. Process(helper, "a b; $HOME"), .. Chain(DefaultWorld.TaskRole, DefaultWorld.Reports)]);
        sidecar.Hide([DefaultWorld.SecretAccessKey]);
        await sidecar.ReadyAsync();
        var caller = await Boto3.IdentityAsync(TaskFixture.SiblingOf(sidecar, "default", emulator.Sts));
        var seen = File.ReadAllText(Seen);

        Assert.True(caller.Code == 0, caller.ToString());
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/", (string?)JsonNode.Parse(caller.Output)!["Arn"]);
        Assert.EndsWith("a b; $HOME\n", seen, StringComparison.Ordinal);
        Assert.Contains("AWS_REGION=eu-central-1\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("SIDECAR_", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(sidecar.Token, seen, StringComparison.Ordinal);
        Assert.DoesNotContain("socket:", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_of_a_python_script_signs_the_first_hop()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        var helper = Script($$"""
            #!/usr/bin/env python3
            import json, urllib.request
            role = json.load(urllib.request.urlopen("{{new Uri(emulator.Agent, emulator.RelativeUri)}}"))
            print(json.dumps({"Version": 1, "AccessKeyId": role["AccessKeyId"], "SecretAccessKey": role["SecretAccessKey"],
                "SessionToken": role["Token"], "Expiration": role["Expiration"], "AccountId": "111122223333"}, indent=2))
            """);
        await using var sidecar = await SidecarProcess.StartAsync(emulator, [.. Process(helper), .. Chain(DefaultWorld.Reports)]);
        await sidecar.ReadyAsync();

        Assert.Equal(DefaultWorld.Reports, (string?)(await sidecar.GetAsync("default")).Body["RoleArn"]);
        Assert.StartsWith("arn:aws:sts::111122223333:assumed-role/orders-task/",
            (await emulator.CallsAsync()).Sts.First(call => call.Action == "AssumeRole").CallerArn);
    }

    [Fact]
    public async Task The_launcher_of_another_sidecar_is_the_source()
    {
        var launcher = await LauncherProgram.PathAsync();
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var first = await SidecarProcess.StartAsync(emulator, Chain(DefaultWorld.Reports));
        await first.ReadyAsync();
        await using var second = await SidecarProcess.StartAsync(emulator,
        [
            .. Process(launcher, "--get", "default"), ("SIDECAR_ROLE_ARN", DefaultWorld.Reader),
            ("CREDENTIAL_LAUNCH_PORT", $"{first.Endpoint.Port}"), ("CREDENTIAL_LAUNCH_TOKEN", first.Token),
            ("CREDENTIAL_LAUNCH_SIDECAR_UID", "any"),
        ]);
        second.Hide([first.Token]);
        await second.ReadyAsync();

        Assert.Equal(DefaultWorld.Reader, (string?)(await second.GetAsync("default")).Body["RoleArn"]);
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/",
            (await emulator.CallsAsync()).Sts.Last(call => call.RoleArn == DefaultWorld.Reader).CallerArn);
    }

    [Fact]
    public async Task A_failed_script_is_logged_with_its_exit_code_and_its_errors_and_without_its_output()
    {
        var helper = Script($"#!/bin/sh\nset -x\necho '{Keys}'\necho 'vault is sealed' >&2\nexit 3\n");
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, [.. Process(helper), .. Chain(DefaultWorld.TaskRole)]);
        sidecar.Hide([DefaultWorld.SecretAccessKey]);
        string? line = null;
        await Eventually.HoldsAsync(
            () =>
            {
                line = sidecar.Output.FirstOrDefault(output => output.Contains("\"EventId\":302,", StringComparison.Ordinal));
                return line is not null;
            },
            () => "No failure was logged.");
        var message = JsonNode.Parse(line!)!["Message"]!.GetValue<string>();

        Assert.Contains($"The credential process \"{helper}\" ended with exit code 3. It wrote to standard error: ", message);
        Assert.Contains("vault is sealed", message, StringComparison.Ordinal);
        Assert.DoesNotContain(DefaultWorld.SecretAccessKey[^12..], message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_runs_ends_with_the_sidecar()
    {
        var helper = Script($"#!/bin/sh\ntrap '' TERM\necho $$ > {Seen}\nsleep 60 & wait\n");
        await File.WriteAllTextAsync(Seen, "", TestContext.Current.CancellationToken);
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, [.. Process(helper), .. Chain(DefaultWorld.TaskRole)]);
        await Eventually.HoldsAsync(() => File.ReadAllText(Seen).EndsWith('\n'), () => "the program did not run");
        var program = File.ReadAllText(Seen).Trim();
        sidecar.Signal(15);
        Assert.Equal(0, await sidecar.ExitAsync());

        // A container's first process reaps it.
        await Eventually.HoldsAsync(
            () => !File.Exists($"/proc/{program}/stat")
                || File.ReadAllText($"/proc/{program}/stat").Contains(") Z ", StringComparison.Ordinal),
            () => $"process {program} goes on");
    }

    /// <summary>The program leaves a child behind, which nobody but pid 1 can reap.</summary>
    [Theory]
    [InlineData("alone")]
    [InlineData("supervisor")]
    [InlineData("pid 1")]
    public async Task Neither_a_zombie_nor_a_child_of_the_program_stays(string parent)
    {
        var helper = Script($"#!/bin/sh\nsleep 613 &\necho '{Keys}'\necho x >> {Seen}\n");
        string[] before = parent switch
        {
            "supervisor" => [await SupervisedTask.ProgramAsync()],
            "pid 1" => ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
            _ => [],
        };

        if (parent == "pid 1")
        {
            await Installed.CommandAsync("a process namespace needs root and apt-get install -y --no-install-recommends util-linux",
                before[0], [.. before[1..], "true"]);
        }

        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, before, [.. Process(helper), .. Chain(DefaultWorld.TaskRole)]);
        sidecar.Hide([DefaultWorld.SecretAccessKey]);
        await sidecar.ReadyAsync();

        Assert.NotEmpty(File.ReadAllText(Seen));
        await Eventually.HoldsAsync(
            () => Descendants(sidecar.Id).All(process => !process.Contains("(sleep)", StringComparison.Ordinal)
                && !process.Contains(") Z ", StringComparison.Ordinal)),
            () => string.Join('\n', Descendants(sidecar.Id)));
    }

    [Fact]
    public async Task Commands_that_look_at_the_source_know_it()
    {
        var helper = Script($"#!/bin/sh\necho '{Keys}'\n");
        await using var emulator = await EmulatorProcess.StartAsync();
        (string, string?)[] environment =
        [
            .. Process(helper), .. Chain(DefaultWorld.TaskRole), ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri), ("SIDECAR_TOKEN", new('t', 40)),
        ];
        var validated = await Programs.SidecarAsync(["validate"], environment);
        var who = await Programs.SidecarAsync(["whoami"], environment);
        var doctor = await Programs.SidecarAsync(["doctor"], environment);
        var served = await Programs.SidecarAsync(["serve"], [.. environment, .. SourceDestination.Listed]);

        Assert.Contains($"Source: Process {helper}. ", validated.Errors, StringComparison.Ordinal);
        Assert.Contains(DefaultWorld.Developer, who.Output, StringComparison.Ordinal);
        Assert.Matches($"pass  source +{DefaultWorld.AccessKeyId}, by Source:Process", doctor.Output);
        Assert.Equal(78, served.Code);
        Assert.Contains(
            "the source has credentials without a session token, which cannot be served", served.Errors, StringComparison.Ordinal);
    }

    private static IEnumerable<(string, string?)> Process(string program, params string[] arguments) =>
    [
        ("SIDECAR_Source__Kind", "Process"), ("SIDECAR_SOURCE_ENDPOINT", null), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null),
        ("ECS_CONTAINER_METADATA_URI_V4", null),
        .. arguments.Prepend(program).Select((word, i) => ($"SIDECAR_Source__Process__{i}", (string?)word)),
    ];

    // The external id belongs to the last hop.
    private static IEnumerable<(string, string?)> Chain(params string[] roles) =>
    [
        ("SIDECAR_ROLE_ARN", string.Join(',', roles)),
        ("SIDECAR_EXTERNAL_ID", roles[^1] == DefaultWorld.Reports ? DefaultWorld.ExternalId : null),
    ];

    private string Script(string text)
    {
        var path = Path.Combine(_folder, "helper");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    /// <summary>The <c>stat</c> line of each process below this one.</summary>
    private static IEnumerable<string> Descendants(int parent)
    {
        foreach (var child in Directory.EnumerateDirectories($"/proc/{parent}/task").SelectMany(task => Text($"{task}/children").Split(
            ' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse))
        {
            yield return Text($"/proc/{child}/stat");

            foreach (var line in Descendants(child))
            {
                yield return line;
            }
        }
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
