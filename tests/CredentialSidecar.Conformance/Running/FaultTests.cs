using CredentialSidecar.Commands;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>What an exception that nothing catches leaves behind.</summary>
public sealed class FaultTests
{
    internal const string Mode = "fail";

    private const string Secret = "canary-5f1c9e7a2b8d4036";

    [Fact]
    public async Task An_exception_that_nothing_catches_ends_with_70_and_is_told_without_its_message()
    {
        var ended = await ChildProcess.RunAsync(Programs.Itself, [Mode], CleanEnvironment.With());

        Assert.Equal((70, ""), (ended.Code, ended.Output));
        const string Line = "credential-sidecar: a thread failed with InvalidOperationException of FormatException at ";
        Assert.StartsWith(Line, ended.Errors, StringComparison.Ordinal);
        Assert.EndsWith("; ending with exit code 70.", ended.Errors, StringComparison.Ordinal);
        Assert.Empty(Leaks.In([ended.Errors], [Secret]));
    }

    /// <summary>The process under test: it watches as the sidecar does, and fails in a thread of its own.</summary>
    internal static int Fail()
    {
        FatalEnd.Watch();
        var thread = new Thread(() => throw new InvalidOperationException(Secret, new FormatException(Secret)));
        thread.Start();
        thread.Join();
        return 0;
    }
}
