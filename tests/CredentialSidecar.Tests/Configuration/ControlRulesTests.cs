using CredentialSidecar.Configuration;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Where the control socket is, and which directory cannot hold one.</summary>
public sealed class ControlRulesTests
{
    // With /control.sock these are 107 bytes, as many as sun_path takes, and one more.
    private static readonly string Longest = "/" + new string('d', 93);
    private static readonly string TooLong = Longest + "d";

    [Fact]
    public void The_shared_directory_is_the_default_and_none_means_no_socket()
    {
        Assert.Equal("/shared/control.sock", Settings.Load(("SIDECAR_SHARED_DIR", "/shared")).Control.Socket);
        Assert.Equal("/run/c/control.sock",
            Settings.Load(("SIDECAR_SHARED_DIR", "/shared"), ("SIDECAR_Control__Directory", "/run/c")).Control.Socket);
        Assert.Null(Settings.Load().Control.Socket);
    }

    [Fact]
    public void A_directory_whose_socket_would_have_too_long_a_path_is_a_mistake()
    {
        Assert.Equal(107, Settings.Load(("SIDECAR_Control__Directory", Longest)).Control.Socket!.Length);
        Assert.Equal(
            [$"SIDECAR_Control__Directory is \"{TooLong}\"; expected at most 94 bytes, because the path of a Unix socket has a limit"],
            Loading.Mistakes(("SIDECAR_Control__Directory", TooLong)));
    }

    [Fact]
    public void A_shared_directory_with_too_long_a_path_still_works_without_a_socket()
    {
        var (settings, warnings) = SettingsLoader.Load(Settings.Environment(("SIDECAR_SHARED_DIR", TooLong)));

        Assert.Null(settings.Control.Socket);
        Assert.Contains(warnings, warning =>
            $"{warning}".Contains("so the control socket is not opened; set SIDECAR_Control__Directory to", StringComparison.Ordinal));
    }

    [Fact]
    public void A_relative_directory_is_a_mistake() =>
        Assert.Equal(
            ["SIDECAR_Control__Directory is \"run\"; expected an absolute path such as /run/credential-sidecar"],
            Loading.Mistakes(("SIDECAR_Control__Directory", "run")));
}
