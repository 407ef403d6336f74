using System.Diagnostics;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>Processes of the same user, while the launcher waits and after.</summary>
public sealed class SecrecyTests : LauncherTest
{
    private const int User = 7003;

    [Fact]
    public async Task Another_process_of_its_user_reads_neither_the_environment_nor_the_memory_of_the_waiting_launcher()
    {
        Squatter.SkipUnlessPossible();
        var copy = await PublicCopyAsync();
        await using var server = RawServer.Http(503, "{}");
        using var process = Process.Start(Start("setpriv", ["CREDENTIAL_LAUNCH_TOKEN=5f1c9e7a2b8d4036"],
            [.. Squatter.As(User), copy, "--port", $"{server.Uri.Port}", "--wait", "60s", "--", "echo", "started"]))!;

        try
        {
            await Eventually.HoldsAsync(() => Task.FromResult(server.Requests > 0), () => "it did not ask");
            var read = await RunAsync(Start("setpriv", [], [.. Squatter.As(User), "sh", "-c",
                $"cat /proc/{process.Id}/environ; head -c 1 /proc/{process.Id}/mem; cat /proc/{process.Id}/cmdline | wc -c"]));

            Assert.DoesNotContain("5f1c", read.Output, StringComparison.Ordinal);
            Assert.Contains($"/proc/{process.Id}/environ: Permission denied", read.Error, StringComparison.Ordinal);
            Assert.Contains($"/proc/{process.Id}/mem", read.Error, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }

    // The kernel gives the files of a process that may not be dumped to root.
    [Fact]
    public async Task The_program_may_be_read_and_dumped_as_without_the_launcher()
    {
        Squatter.SkipUnlessPossible();
        var copy = await PublicCopyAsync();
        const string Script = "stat -c %u /proc/self/environ /proc/self/mem; cat /proc/self/limits";
        var without = await RunAsync(Start("setpriv", NoWait, [.. Squatter.As(User), "sh", "-c", Script]));
        var with = await RunAsync(Start("setpriv", NoWait, [.. Squatter.As(User), copy, "--port", "1", "--", "sh", "-c", Script]));

        Assert.StartsWith($"{User}\n{User}\n", without.Output, StringComparison.Ordinal);
        Assert.Equal((without.Output, ""), (with.Output, with.Error));
    }

    private async Task<string> PublicCopyAsync()
    {
        var copy = Path.Combine(Folder, "credential-launch");
        File.Copy(Program, copy);
        Assert.Equal(0, (await ChildProcess.RunAsync("chmod", ["755", Folder, copy], CleanEnvironment.With())).Code);
        return copy;
    }
}
