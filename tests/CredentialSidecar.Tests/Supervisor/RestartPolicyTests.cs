using CredentialSidecar.Supervisor.Restarting;
using Xunit;

namespace CredentialSidecar.Tests.Supervisor;

/// <summary>When a program that died is started again.</summary>
public sealed class RestartPolicyTests
{
    [Fact]
    public void The_first_restart_is_at_once_and_the_next_ones_wait_longer()
    {
        var policy = new RestartPolicy();

        Assert.Equal([0, 100, 200, 400, 800], Enumerable.Range(0, 5).Select(i => policy.Next(i * 1_000, (i * 1_000) + 10)));
    }

    [Fact]
    public void The_wait_never_exceeds_five_seconds()
    {
        var policy = new RestartPolicy();

        // One every 15 s is never more than five within a minute.
        var pauses = Enumerable.Range(0, 20).Select(i => policy.Next(i * 15_000, (i * 15_000) + 14_999));
        Assert.All(pauses, pause => Assert.InRange(pause!.Value, 0, 5_000));
        Assert.Equal(5_000, policy.Next(300_000, 314_999));
    }

    [Fact]
    public void The_sixth_restart_within_a_minute_is_not_made()
    {
        var policy = new RestartPolicy();
        Assert.All(Enumerable.Range(0, 5), i => Assert.NotNull(policy.Next(i * 1_000, (i * 1_000) + 10)));

        Assert.Null(policy.Next(50_000, 60_010));
        Assert.NotNull(policy.Next(50_000, 60_011));
    }

    [Fact]
    public void A_program_that_ran_for_a_minute_resets_the_count()
    {
        var policy = new RestartPolicy();
        Assert.All(Enumerable.Range(0, 5), i => Assert.NotNull(policy.Next(i * 1_000, (i * 1_000) + 10)));

        Assert.Equal((0L, 1), (policy.Next(5_000, 65_000), policy.Restarts));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(64, true)]
    [InlineData(69, true)]
    [InlineData(78, true)]
    [InlineData(143, true)]
    [InlineData(1, false)]
    [InlineData(70, false)]
    [InlineData(137, false)]
    public void Only_a_fault_is_worth_a_restart(int code, bool isFinal) =>
        Assert.Equal(isFinal, RestartPolicy.IsFinal(ChildEnd.Of(code << 8), isRestarted: false));

    [Fact]
    public void A_lack_that_a_restart_meets_may_pass_while_its_ports_are_held() =>
        Assert.False(RestartPolicy.IsFinal(ChildEnd.Of(69 << 8), isRestarted: true));

    [Theory]
    [InlineData(0, "exit code 0", 0)]
    [InlineData(78 << 8, "exit code 78", 78)]
    [InlineData(9, "SIGKILL", 137)]
    [InlineData(11 | 0x80, "SIGSEGV", 139)]
    [InlineData(34, "signal 34", 162)]
    public void An_end_is_named_and_has_the_exit_code_that_a_shell_gives_it(int status, string text, int code)
    {
        var end = ChildEnd.Of(status);

        Assert.Equal((text, code, status != 0 && code < 128), (end.ToString(), end.ExitCode, end.Code != 0 && end.Signal == 0));
        Assert.True(end.Signal == 0 || !RestartPolicy.IsFinal(end, isRestarted: false));
    }

    [Fact]
    public void The_program_learns_of_its_sockets_and_of_nothing_that_only_claims_to_be_a_supervisors() => Assert.Equal(
        ["A=1", "CREDENTIAL_SUPERVISOR_FD=5", "CREDENTIAL_SUPERVISOR_LISTENERS=7,9"],
        Variables.With(["CREDENTIAL_SUPERVISOR_LISTENERS=3", "A=1", "CREDENTIAL_SUPERVISOR_FD=0"], 5, [7, 9]));

    [Fact]
    public void At_the_first_start_there_are_no_sockets_to_take_over() =>
        Assert.Equal(["CREDENTIAL_SUPERVISOR_FD=5"], Variables.With([], 5, []));
}
