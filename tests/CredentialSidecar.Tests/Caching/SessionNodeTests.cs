using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Caching;

/// <summary>All waiting callers share one attempt, and a node reacts when its signer is rejected.</summary>
public sealed class SessionNodeTests
{
    private readonly VirtualClock _clock = new();
    private readonly ScriptedSts _sts;
    private readonly RefreshSchedule _schedule = new(RefreshSettings.Default, () => 0);

    public SessionNodeTests() => _sts = new ScriptedSts(_clock);

    [Fact]
    public async Task R5_A_hundred_callers_share_one_attempt()
    {
        var hold = new TaskCompletionSource();
        _sts.Before = _ => hold.Task;
        var node = Node(null);

        var callers = Enumerable.Range(0, 100).Select(_ => Renew(node)).ToArray();
        hold.SetResult();
        var sessions = await Task.WhenAll(callers);

        Assert.Single(_sts.Calls);
        Assert.Single(sessions.Distinct());
    }

    [Fact]
    public async Task A_failure_that_says_when_to_try_again_is_not_slowed_down_by_those_before_it()
    {
        _sts.SourceFailsWhen = () => new CredentialException(CredentialFailure.SourceUnavailable, "The agent answered 429.")
        {
            RetryIn = TimeSpan.FromSeconds(1),
        };
        var node = Node(null);

        for (var i = 1; i <= 7; i++)
        {
            await Assert.ThrowsAsync<CredentialException>(() => Renew(node));
            Assert.Equal((i, _clock.GetUtcNow() + TimeSpan.FromSeconds(1)), (node.LastFailure!.Failures, node.LastFailure.Until));
        }
    }

    [Fact]
    public async Task A_caller_that_hangs_up_does_not_end_the_attempt_of_the_others()
    {
        var hold = new TaskCompletionSource();
        _sts.Before = _ => hold.Task;
        var node = Node(null);
        using var leader = new CancellationTokenSource();

        var first = node.RenewAsync(node.State, leader.Token);
        var second = Renew(node);
        await leader.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        hold.SetResult();
        Assert.Equal("ASIA0001", (await second).Credentials.AccessKeyId);
        Assert.Single(_sts.Calls);
    }

    [Fact]
    public async Task A_parents_session_with_enough_left_signs_again_and_one_with_little_left_is_renewed_first()
    {
        var parent = Node(null, "hub");
        var node = Node(parent);
        await Renew(node);

        _clock.Advance(TimeSpan.FromMinutes(54));
        await Renew(node);
        Assert.Equal(1, Calls("hub"));

        _clock.Advance(TimeSpan.FromMinutes(2));
        await Renew(node);
        Assert.Equal(2, Calls("hub"));
        Assert.Equal("ASIA0004", _sts.Calls[^1].Signer.AccessKeyId);
    }

    [Fact]
    public async Task A_parents_session_that_STS_no_longer_accepts_is_renewed_for_the_next_try()
    {
        var parent = Node(null, "hub");
        var node = Node(parent);
        await Renew(node);

        var revoked = parent.Latest!.Credentials.AccessKeyId;
        _clock.Advance(TimeSpan.FromMinutes(1));
        _sts.FailWhen = call => call.Signer.AccessKeyId == revoked
            ? new CredentialException(CredentialFailure.SignerRejected, "expired")
            : null;
        await Assert.ThrowsAsync<CredentialException>(() => Renew(node));
        var renewed = await Renew(node);

        Assert.Equal(2, Calls("hub"));
        Assert.True(renewed.IsLive(_clock.GetUtcNow()));
    }

    [Fact]
    public async Task Source_credentials_that_STS_no_longer_accepts_are_read_again()
    {
        _sts.FailWhen = _ => new CredentialException(CredentialFailure.SignerRejected, "expired");
        await Assert.ThrowsAsync<CredentialException>(() => Renew(Node(null)));

        Assert.Equal("ASIASOURCE", Assert.Single(_sts.Distrusted).AccessKeyId);
    }

    [Fact]
    public async Task A_parents_refusal_answers_all_its_children_until_its_next_try()
    {
        _sts.FailWhen = call => call.Hop.Role.Name == "hub" ? ScriptedSts.Denied() : null;
        var parent = Node(null, "hub");
        SessionNode[] children = [Node(parent, "a"), Node(parent, "b"), Node(parent, "c")];

        foreach (var child in children)
        {
            await Assert.ThrowsAsync<CredentialException>(() => Renew(child));
        }

        Assert.Equal(1, Calls("hub"));
        Assert.All(children, child => Assert.Equal(parent.LastFailure!.Until, child.State.DueAt));
    }

    [Fact]
    public async Task A_parent_that_cannot_be_renewed_signs_with_what_it_still_has()
    {
        var parent = Node(null, "hub");
        var node = Node(parent);
        await Renew(node);

        _clock.Advance(TimeSpan.FromMinutes(57));
        _sts.FailWhen = call => call.Hop.Role.Name == "hub" ? ScriptedSts.Down() : null;

        Assert.True((await Renew(node)).Remaining(_clock.GetUtcNow()) > TimeSpan.FromMinutes(59));
    }

    [Fact]
    public async Task A_fault_of_our_own_is_a_failure_like_any_other_and_keeps_the_session()
    {
        var node = Node(null);
        var session = await Renew(node);
        _sts.Before = _ => throw new InvalidOperationException("a bug");

        var fault = await Assert.ThrowsAsync<CredentialException>(() => Renew(node));

        Assert.Equal(CredentialFailure.Internal, fault.Failure);
        Assert.DoesNotContain("a bug", fault.Message, StringComparison.Ordinal);
        Assert.Same(session, node.Latest);
    }

    [Fact]
    public async Task Whoever_decided_to_renew_before_an_attempt_ended_gets_its_outcome_and_no_second_call()
    {
        var node = Node(null);
        var before = node.State;
        var first = await Renew(node);
        Assert.Same(first, await node.RenewAsync(before, CancellationToken.None));
        Assert.Single(_sts.Calls);

        var live = node.State;
        _sts.FailWhen = _ => ScriptedSts.Denied();
        var cause = await Assert.ThrowsAsync<CredentialException>(() => Renew(node));
        Assert.Same(cause, await Assert.ThrowsAsync<CredentialException>(() => node.RenewAsync(live, CancellationToken.None)));
        Assert.Equal(2, _sts.Calls.Count);
    }

    private SessionNode Node(SessionNode? parent, string role = "reports")
    {
        var hop = new Hop
        {
            Role = RoleArn.Parse($"arn:aws:iam::555566667777:role/{role}"),
            SessionName = "test",
            Duration = TimeSpan.FromHours(1),
            Region = "eu-central-1",
        };
        return new SessionNode(hop, new NodeLabel(role, 1), parent, _sts, _sts, ContractDocument.Of, _schedule, _clock);
    }

    private static Task<Session> Renew(SessionNode node) => node.RenewAsync(node.State, CancellationToken.None);

    private int Calls(string role) => _sts.Calls.Count(call => call.Hop.Role.Name == role);
}
