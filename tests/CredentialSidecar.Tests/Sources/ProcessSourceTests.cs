using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Executing;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>What a program prints becomes credentials, or a failure that says why and shows no output.</summary>
public sealed class ProcessSourceTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private const string Keys = $$"""{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"{{Secret}}"}""";

    [Fact]
    public async Task A_session_is_read_with_all_of_its_members()
    {
        var read = await ReadAsync(Printed("""
            { "Version": 1, "AccessKeyId": "ASIA1", "SecretAccessKey": "s", "SessionToken": "t",
              "Expiration": "2126-01-01T00:00:00Z", "AccountId": "111122223333" }
            """));

        Assert.Equal(("ASIA1", "s", "t"), (read.AccessKeyId, read.SecretAccessKey, read.SessionToken));
        Assert.Equal((new DateTimeOffset(2126, 1, 1, 0, 0, 0, TimeSpan.Zero), null), (read.Expiration, read.Lacking));
    }

    [Fact]
    public async Task Keys_without_an_expiration_are_long_term_keys()
    {
        var read = await ReadAsync(Printed(Keys));

        Assert.Equal((DateTimeOffset.MaxValue, "a session token"), (read.Expiration, read.Lacking));
        Assert.True(SessionDurations.IsLongLived(read));
    }

    [Theory]
    [InlineData("", "printed nothing.")]
    [InlineData("sign in first", "printed invalid JSON (line 1, byte 1).")]
    [InlineData("[1]", "printed JSON that is not an object.")]
    [InlineData("{}", "printed JSON without Version.")]
    [InlineData("""{"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"}""", "printed JSON with a Version other than the number 1.")]
    [InlineData("""{"Version":"1","AccessKeyId":"A","SecretAccessKey":"s"}""", "printed JSON with a Version other than the number 1.")]
    [InlineData("""{"Version":1,"SecretAccessKey":"s"}""", "printed JSON without AccessKeyId.")]
    [InlineData("""{"Version":1,"AccessKeyId":"A B","SecretAccessKey":"s"}""", "printed an invalid AccessKeyId.")]
    [InlineData("""{"Version":1,"AccessKeyId":"A"}""", "printed JSON without SecretAccessKey.")]
    [InlineData("""{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}""",
        "printed an Expiration that is not a time")]
    [InlineData("""{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t","Expiration":"2001-01-01T00:00:00Z"}""",
        "printed credentials that expired at 2001-01-01T00:00:00.0000000+00:00; this clock shows ")]
    public async Task Output_without_credentials_is_explained_and_not_shown(string output, string expected)
    {
        var failure = await FailAsync(Printed(output));

        Assert.Equal(CredentialFailure.SourceUnavailable, failure.Failure);
        Assert.StartsWith($"The credential process \"/opt/helper\" {expected}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sign in", failure.ForOperator, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "could not be started: it does not exist.")]
    [InlineData(13, "could not be started: the sidecar's user may not execute it.")]
    [InlineData(8, "could not be started: it is not a program for this machine.")]
    [InlineData(12, "could not be started: the system refused it with error 12.")]
    public async Task A_program_that_does_not_start_is_explained(int error, string expected)
    {
        var failure = await FailAsync(new ProgramEnd(error, null, null));

        Assert.Equal(CredentialFailure.SourceRefused, failure.Failure);
        Assert.EndsWith(expected, failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Advice);
    }

    [Fact]
    public async Task A_failed_program_is_shown_with_its_exit_code_and_the_end_of_its_errors()
    {
        var noise = string.Concat(Enumerable.Repeat("warning\n", 1000));
        var failure = await FailAsync(Printed("", code: 3, errors: noise + "vault is \u001b[31msealed\n"));

        Assert.EndsWith("ended with exit code 3.", failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("It wrote to standard error: …", failure.Said, StringComparison.Ordinal);
        Assert.EndsWith("warning vault is \\u001B[31msealed.", failure.Said, StringComparison.Ordinal);
        Assert.InRange(failure.Said!.Length, 100, 1100);
    }

    [Fact]
    public async Task A_secret_that_a_failed_program_printed_is_masked_in_its_errors()
    {
        var failure = await FailAsync(Printed(Keys, code: 1, errors: $"+ echo {Secret}"));

        Assert.Equal("It wrote to standard error: + echo ***.", failure.Said);
    }

    [Fact]
    public async Task A_program_that_a_signal_killed_or_that_printed_too_much_is_explained()
    {
        var killed = await FailAsync(new ProgramEnd(0, null, 9));
        var tooLong = await FailAsync(new ProgramEnd(0, null, 9, IsTooLong: true));

        Assert.EndsWith("was killed by signal 9.", killed.Message, StringComparison.Ordinal);
        Assert.Contains("memory limit", killed.Advice, StringComparison.Ordinal);
        Assert.EndsWith("printed more than 64 kB and was killed.", tooLong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_cancelled_after_30_seconds()
    {
        var clock = new VirtualClock();
        var source = Source(
            async (_, cancellation) =>
            {
                await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
                return new ProgramEnd(0, null, 9, IsCancelled: true) { Errors = Encoding.UTF8.GetBytes("Password:") };
            },
            clock);
        var reading = source.ReadAsync(CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(reading.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));
        var failure = await Assert.ThrowsAsync<CredentialException>(() => reading);

        Assert.EndsWith(
            "did not end within 30 s and was killed, with everything that it started.", failure.Message, StringComparison.Ordinal);
        Assert.Equal("It wrote to standard error: Password:.", failure.Said);
        Assert.Contains("must not ask for input", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_cannot_be_killed_does_not_hold_the_source()
    {
        var clock = new VirtualClock();
        var reading = Source((_, _) => new TaskCompletionSource<ProgramEnd>().Task, clock).ReadAsync(CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(36));
        var failure = await Assert.ThrowsAsync<CredentialException>(() => reading);

        Assert.EndsWith("could not be killed.", failure.Message, StringComparison.Ordinal);
    }

    private static ProgramEnd Printed(string output, int code = 0, string errors = "") => new(0, code, null)
    {
        Output = Encoding.UTF8.GetBytes(output),
        Errors = Encoding.UTF8.GetBytes(errors),
    };

    private static ProcessSource Source(RunProgram run, TimeProvider? clock = null) =>
        new(new ProgramSettings("/opt/helper", [], []), run, Assuming.Mask(), clock ?? TimeProvider.System);

    private static Task<TemporaryCredentials> ReadAsync(ProgramEnd end) =>
        Source((_, _) => Task.FromResult(end)).ReadAsync(CancellationToken.None);

    private static Task<CredentialException> FailAsync(ProgramEnd end) => Assert.ThrowsAsync<CredentialException>(() => ReadAsync(end));
}
