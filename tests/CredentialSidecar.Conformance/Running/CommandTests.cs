using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>What a person or a script sees of the program itself.</summary>
public sealed partial class CommandTests
{
    private static readonly (string, string?)[] Least =
    [
        ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
        ("SIDECAR_TOKEN", "0123456789abcdef0123456789abcdef"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/none"),
        ("AWS_REGION", "eu-central-1"),
    ];

    [Fact]
    public async Task Version_is_one_line()
    {
        var ended = await Programs.SidecarAsync(["--version"]);

        Assert.Equal((0, ""), (ended.Code, ended.Errors));
        Assert.Matches(@"^\d+\.\d+\.\d+\S*$", ended.Output);
    }

    [Fact]
    public async Task Help_names_the_commands_the_least_settings_and_the_exit_codes()
    {
        var ended = await Programs.SidecarAsync(["--help"]);

        Assert.Equal((0, ""), (ended.Code, ended.Errors));
        Assert.All(
            (string[])["serve", "validate", "healthcheck", "SIDECAR_ROLE_ARN", "SIDECAR_TOKEN", "_FULL_URI", "64", "69", "78"],
            part => Assert.Contains(part, ended.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mistyped_command_starts_nothing()
    {
        var ended = await Programs.SidecarAsync(["heathcheck"], Least);

        Assert.Equal((64, ""), (ended.Code, ended.Output));
        Assert.Contains("heathcheck", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_in_the_configuration_has_a_line()
    {
        (string Name, string? Value)[] mistakes =
            [("SIDECAR_ROLE_ARN", "arn:aws:iam::1234567890123456:role/reports"), ("SIDECAR_DRAIN", "5 minutes"), ("SIDECAR_TOKENS", "x")];

        var ended = await Programs.SidecarAsync([], [.. Least, .. mistakes]);

        Assert.Equal((78, ""), (ended.Code, ended.Output));
        Assert.Matches("^credential-sidecar: 3 mistakes", ended.Errors);
        Assert.All(mistakes, mistake =>
            Assert.Single(ended.Errors.Split('\n'), line => line.StartsWith($"  {mistake.Name} ", StringComparison.Ordinal)));
        Assert.DoesNotMatch(StackTrace(), ended.Errors);
    }

    [Theory]
    [InlineData("SIDECAR_PORT", "SIDECAR_HEALTH_PORT")]
    [InlineData("SIDECAR_HEALTH_PORT", "SIDECAR_PORT")]
    public async Task A_taken_port_ends_the_start_with_one_line(string taken, string other)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        var ended = await Programs.SidecarAsync([], [.. Least, (taken, $"{port}"), (other, "0")]);

        Assert.Equal(69, ended.Code);
        Assert.Matches($"^credential-sidecar: .*:{port}.*$", ended.Errors);
        Assert.DoesNotContain('\n', ended.Errors);
        Assert.DoesNotMatch(StackTrace(), ended.Output);
    }

    [GeneratedRegex(@"^ +at \w+\.|Exception", RegexOptions.Multiline)]
    private static partial Regex StackTrace();
}
