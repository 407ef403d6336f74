using CredentialSidecar.Commands;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>A command to the running sidecar, as an operator would enter it.</summary>
internal static class ControlRun
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string command, string? argument, params IEnumerable<(string, string?)> environment)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await ControlCommands.RunAsync(
            Settings.Environment(environment), null, command, argument, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
