using CredentialSidecar.Commands.Doctor;
using CredentialSidecar.Configuration;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>The doctor examines the running sidecar and its shared directory.</summary>
public sealed class DoctorSidecarTests : DoctorTest
{
    [Fact]
    public async Task A_shared_directory_that_does_not_exist_is_said_with_what_to_do()
    {
        var (code, lines) = await RunAsync([.. Reports, ("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", "/nowhere/at/all")]);
        var line = lines.Single(line => line.GetProperty("check").GetString() == "token");

        Assert.Equal((1, "Fail"), (code, VerdictOf(lines, "token")));
        Assert.Equal(
            "SIDECAR_SHARED_DIR is \"/nowhere/at/all\", which does not exist in this container",
            line.GetProperty("text").GetString());
        Assert.Equal(
            "Mount the volume that the sidecar shares with its siblings there, or correct SIDECAR_SHARED_DIR.",
            line.GetProperty("remedy").GetString());
    }

    [Theory]
    [InlineData(200, "Every required destination has a live session.\n", "Pass", "answers 200")]
    [InlineData(
        503,
        "Waiting for reports. See /status and the log.\n",
        "Warn",
        "answers 503: Waiting for reports. See /status and the log.")]
    [InlineData(503, "<html>\u001b[31m", "Fail", "answered 503, which is not a sidecar's answer: \"<html>\\u001B[31m\"")]
    [InlineData(200, "ok", "Fail", "answered 200, which is not a sidecar's answer: \"ok\"")]
    public async Task The_sidecars_own_503_is_told_from_another_program(int status, string body, string verdict, string text)
    {
        await using var other = RawServer.Http(status, body, "text/plain");
        var (_, lines) = await RunAsync([.. Reports, ("SIDECAR_HEALTH_PORT", $"{other.Uri.Port}")]);

        Assert.Equal(verdict, VerdictOf(lines, "health"));
        Assert.Contains(text, TextOf(lines, "health"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_sidecar_is_looked_at_without_a_line_in_its_log()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var before = sidecar.Logs.Lines.Count(line => line.Event.Id is 400 or 404 or 600 or 607);
        var (_, lines) = await RunAsync(
        [
            .. Reports,
            ("SIDECAR_PORT", $"{sidecar.Endpoint.Port}"),
            ("SIDECAR_HEALTH_PORT", $"{sidecar.HealthEndpoint.Port}"),
        ]);

        Assert.Equal(("Pass", "Pass"), (VerdictOf(lines, "health"), VerdictOf(lines, "listener")));
        Assert.Equal($"127.0.0.1:{sidecar.Endpoint.Port} accepts connections", TextOf(lines, "listener"));
        await sidecar.StopAsync();
        Assert.Equal(before, sidecar.Logs.Lines.Count(line => line.Event.Id is 400 or 404 or 600 or 607));
        Assert.DoesNotContain(sidecar.Tree.Destinations, destination => destination.WasAsked);
    }
}
