extern alias sidecar;

using CredentialSidecar.Commands;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;
using Xunit;
using ExitCodes = sidecar::CredentialSidecar.Shared.ExitCodes;

namespace CredentialSidecar.Tests.Commands;

/// <summary>E4: who is told to make new tokens, in a container without a shell.</summary>
public sealed class RotateCommandTests : IDisposable
{
    private readonly string _proc = Directory.CreateTempSubdirectory("proc-").FullName;
    private readonly List<(int, int)> _signals = [];
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        Directory.Delete(_proc, recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void Only_a_process_that_serves_is_told()
    {
        Put("1", "/usr/local/bin/credential-sidecar\0");
        Put("7", "credential-sidecar\0serve\0");
        Put("8", "credential-sidecar\0--config\0/c.json\0");
        Put("9", "credential-sidecar\0healthcheck\0");
        Put("10", "credential-sidecar\0rotate-tokens\0");
        Put("11", "python3\0");
        Put("12", "/usr/local/bin/credential-sidecar-emulator\0--agent-port\0");
        Put("14", "/usr/local/bin/credential-supervisor\0/usr/local/bin/credential-sidecar\0");
        Directory.CreateDirectory(Path.Combine(_proc, "13"));
        Directory.CreateDirectory(Path.Combine(_proc, "sys"));

        Assert.Equal(ExitCodes.Ok, Run(0));
        Assert.Equal([(1, 1), (7, 1), (8, 1)], _signals);
        Assert.Contains("Told process 1 ", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_there_and_somebody_elses_are_said()
    {
        Assert.Equal(ExitCodes.Unavailable, Run(0));
        Assert.Contains("no sidecar is serving", _error.ToString(), StringComparison.Ordinal);

        Put("1", "credential-sidecar\0");
        Assert.Equal(ExitCodes.Unavailable, Run(-1));
        Assert.Contains("process 1 belongs to another user", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000000000000001", true)]
    [InlineData("0000000000001001", true)]
    [InlineData("0000000000001000", false)]
    public void A_sidecar_that_ignores_SIGHUP_is_said_and_not_told(string ignored, bool isIgnored)
    {
        Put("7", "credential-sidecar\0serve\0");
        File.WriteAllText(Path.Combine(_proc, "7", "status"), $"Name:\tcredential-side\nSigBlk:\t0000000000000001\nSigIgn:\t{ignored}\nSigCgt:\t0000000000000000\n");

        Assert.Equal(isIgnored ? ExitCodes.Unavailable : ExitCodes.Ok, Run(0));
        Assert.Equal(isIgnored ? 0 : 1, _signals.Count);
        Assert.Equal(isIgnored, _error.ToString().StartsWith("credential-sidecar: process 7 ignores SIGHUP, as a program does that nohup started; its tokens were not replaced.", StringComparison.Ordinal));
    }

    [Fact]
    public void Clients_that_keep_a_configured_token_are_named_with_the_key()
    {
        Put("7", "credential-sidecar\0");

        Run(0, Settings.Load(("SIDECAR_Access__Clients__web__Token", "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs"), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
            ("SIDECAR_Access__Clients__made__SharedDirectory", "/nowhere"), ("SIDECAR_Access__Clients__made__Destinations__0", "reports")));
        Assert.EndsWith("These clients keep their configured tokens: default (SIDECAR_TOKEN), web (SIDECAR_Access__Clients__web__Token). Change them there.\n", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("8Hf2", _output.ToString(), StringComparison.Ordinal);

        Run(0, Settings.Load());
        Assert.EndsWith("This client keeps its configured token: default (SIDECAR_TOKEN). Change it there.\n", _output.ToString(), StringComparison.Ordinal);

        Run(0);
        Assert.EndsWith("so their names are not known.\n", _output.ToString(), StringComparison.Ordinal);
    }

    private int Run(int result, SidecarSettings? settings = null) => RotateCommand.Run(_output, _error, settings, _proc, (process, signal) =>
    {
        _signals.Add((process, signal));
        return result;
    });

    private void Put(string id, string arguments)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_proc, id)).FullName;
        File.WriteAllText(Path.Combine(folder, "cmdline"), arguments);
    }
}
