using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

/// <summary>The executable as a script starts it.</summary>
public sealed class ProcessTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_prints_one_line_serves_and_ends_on_sigterm()
    {
        using var process = Start();
        await using var end = new AlwaysEnded(process);
        using var line = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync(Cancelled))!);
        using var http = new HttpClient();

        var credentials = await http.GetStringAsync(new Uri(Text("agent") + Text("relativeUri")), Cancelled);
        var task = await http.GetStringAsync(new Uri(Text("metadata") + "/task"), Cancelled);
        var calls = await http.GetStringAsync(new Uri(Text("control") + "/calls"), Cancelled);
        using var unsigned = await http.GetAsync(new Uri(Text("sts")), Cancelled);
        await Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExitAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(5), Cancelled);

        Assert.Contains("AccessKeyId", credentials, StringComparison.Ordinal);
        Assert.Contains("TaskARN", task, StringComparison.Ordinal);
        Assert.Contains("\"/v2/credentials\"", calls, StringComparison.Ordinal);
        Assert.Equal(403, (int)unsigned.StatusCode);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync(Cancelled));
        Assert.Equal("", await process.StandardError.ReadToEndAsync(Cancelled));

        string Text(string name) => line.RootElement.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task A_bad_world_is_one_line_for_each_mistake_and_exit_code_78()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, """{"TaskRole":"nobody","Roles":[{"Arn":"arn:aws:iam::1:role/x"}]}""", Cancelled);

        using var process = Start("--world", file);
        await process.WaitForExitAsync(Cancelled);
        var lines = (await process.StandardError.ReadToEndAsync(Cancelled)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        File.Delete(file);

        Assert.Equal(78, process.ExitCode);
        Assert.Equal(
            [
                $"credential-sidecar-emulator: {file}: TaskRole: 'nobody' is not among the Roles",
                $"credential-sidecar-emulator: {file}: Roles: 'arn:aws:iam::1:role/x' is not the ARN of a role "
                    + "(account ids have 12 digits)",
            ],
            lines);
    }

    [Fact]
    public async Task The_printed_world_is_a_world_file()
    {
        using var printing = Start("--print-world");
        var printed = await printing.StandardOutput.ReadToEndAsync(Cancelled);

        Assert.Equal("arn:aws:iam::111122223333:role/orders-task", CredentialSidecar.Emulator.Worlds.WorldFile.Parse(printed).TaskRole);
    }

    [Fact]
    public async Task Ids_and_address_can_be_told_beforehand_and_the_controls_stay_on_loopback()
    {
        using var process = Start("--credentials-id", "laptop", "--container-id", "app-1", "--address", "127.0.0.2");
        await using var end = new AlwaysEnded(process);
        using var line = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync(Cancelled))!);
        using var http = new HttpClient();

        var answer = await http.GetStringAsync(new Uri(Uri("agent"), "/v2/credentials/laptop"), Cancelled);
        Assert.Contains("AccessKeyId", answer, StringComparison.Ordinal);
        Assert.Contains("TaskARN", await http.GetStringAsync(new Uri(Uri("agent"), "/v4/app-1/task"), Cancelled), StringComparison.Ordinal);
        Assert.Equal(("127.0.0.2", "127.0.0.2", "127.0.0.1"), (Uri("agent").Host, Uri("sts").Host, Uri("control").Host));

        Uri Uri(string name) => new(line.RootElement.GetProperty(name).GetString()!);
    }

    [Theory]
    [InlineData("--credentials-id", "a/b")]
    [InlineData("--container-id", "")]
    [InlineData("--address", "everywhere")]
    public async Task An_option_that_cannot_be_meant_is_refused(string option, string value)
    {
        using var process = Start(option, value);
        await process.WaitForExitAsync(Cancelled);

        Assert.Equal(64, process.ExitCode);
        Assert.StartsWith(
            $"credential-sidecar-emulator: {option} takes ",
            await process.StandardError.ReadToEndAsync(Cancelled),
            StringComparison.Ordinal);
    }

    // A failed assertion must not leave a server behind.
    private sealed class AlwaysEnded(Process process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "credential-sidecar-emulator"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
