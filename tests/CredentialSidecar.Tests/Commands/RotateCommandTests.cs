using CredentialSidecar.Commands;
using Xunit;

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

    private int Run(int result) => RotateCommand.Run(_output, _error, _proc, (process, signal) =>
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
