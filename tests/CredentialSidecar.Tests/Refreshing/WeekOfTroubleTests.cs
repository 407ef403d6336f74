using System.Text.Json;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CredentialSidecar.Tests.Refreshing;

/// <summary>A week of virtual time under random outages, throttling and denials, with siblings asking all the while.</summary>
public sealed class WeekOfTroubleTests
{
    private const string Hub = "arn:aws:iam::222233334444:role/hub";

    private static readonly Dictionary<string, string> Roles = new()
    {
        ["reports"] = Settings.ReportsRole,
        ["a"] = "arn:aws:iam::666677778888:role/a",
        ["b"] = "arn:aws:iam::777788889999:role/b",
    };

    /// <summary>When a trouble starts, how long it lasts, what fails, and what it affects.</summary>
    /// <remarks>It affects 0 everyone, 1 the source, 2 the shared hop, or 3 one destination.</remarks>
    private sealed record Trouble(int FromMinute, int Minutes, CredentialFailure Failure, int Whom);

    private static readonly Gen<Trouble> Troubles =
        from minute in Gen.Choose(0, 7 * 24 * 60)
        from minutes in Gen.Choose(1, 90)
        from failure in Gen.Elements(
            CredentialFailure.StsUnavailable,
            CredentialFailure.Throttled,
            CredentialFailure.Denied,
            CredentialFailure.SignerRejected,
            CredentialFailure.Internal)
        from whom in Gen.Choose(0, 3)
        select new Trouble(minute, minutes, failure, whom);

    [Fact]
    public void No_answer_is_expired_short_without_need_or_anothers_and_calls_stay_within_the_schedule() => Prop.ForAll(
        Troubles.ListOf(25).ToArbitrary(),
        troubles => RunAsync([.. troubles]).GetAwaiter().GetResult()).Check(Property.Costly(3));

    private static async Task<bool> RunAsync(Trouble[] troubles)
    {
        await using var sidecar = await SidecarFixture.StartAsync(sts =>
        {
            sts.SourceFailsWhen = () => Now(troubles, sts, 1) is { } trouble
                ? new CredentialException(CredentialFailure.SourceUnavailable, $"{trouble}")
                : null;
            sts.FailWhen = call => (Now(troubles, sts, 0) ?? OfRole(call.Hop.Role.Name)) is { } trouble
                ? new CredentialException(trouble.Failure, "trouble")
                : null;

            Trouble? OfRole(string role) => role switch
            {
                "hub" => Now(troubles, sts, 2),
                "a" => Now(troubles, sts, 3),
                _ => null,
            };
        }, [.. Settings.Destination("a", Hub, Roles["a"]), .. Settings.Destination("b", Hub, Roles["b"])]);
        await sidecar.SettleAsync();

        for (var minute = 0; minute < 7 * 24 * 60; minute += 7)
        {
            await sidecar.AdvanceAsync(TimeSpan.FromMinutes(7));
            await AskAllAsync(sidecar, troubles);
        }

        // At most two renewals an hour and a little jitter for each of four hops, and every failed try by its pace.
        var failures = sidecar.Sts.Calls.Count(call => sidecar.Sts.FailWhen(call) is not null);
        Assert.InRange(sidecar.Sts.Calls.Count, 3 * 7 * 24, (4 * 7 * 24 * 2.25) + failures + (troubles.Length * 25 * 4));
        AssertPaced(sidecar);
        return true;

        static Trouble? Now(Trouble[] troubles, ScriptedSts sts, int whom) =>
            Array.Find(troubles, t => t.Whom == whom && sts.Now >= At(t) && sts.Now < At(t).AddMinutes(t.Minutes));
    }

    private static DateTimeOffset At(Trouble trouble) => VirtualClock.Start.AddMinutes(trouble.FromMinute);

    private static async Task AskAllAsync(SidecarFixture sidecar, Trouble[] troubles)
    {
        var now = sidecar.Clock.GetUtcNow();

        foreach (var destination in sidecar.Tree.Destinations)
        {
            if (destination.Node is { Latest: null, LastFailure: null })
            {
                continue;
            }

            try
            {
                var body = (await destination.ReadAsync(CancellationToken.None)).Json();
                var remaining = body.GetProperty("Expiration").GetDateTimeOffset() - now;

                Assert.True(remaining > TimeSpan.FromSeconds(-1), $"{destination.Name} was served expired at {now:O}");
                Assert.Equal(Roles[destination.Name], body.GetProperty("RoleArn").GetString());
                Assert.Equal(Roles[destination.Name].Split(':')[4], body.GetProperty("AccountId").GetString());
                Assert.Equal(Roles[destination.Name], RoleOf(sidecar, body.GetProperty("Token").GetString()!));
                Assert.True(
                    remaining >= TimeSpan.FromMinutes(20) || Troubled(troubles, now),
                    $"{destination.Name} had {remaining} left at {now:O} with nothing wrong");
            }
            catch (CredentialException e)
            {
                Assert.True(Troubled(troubles, now), $"{destination.Name} was refused at {now:O} with nothing wrong: {e.Message}");
            }
        }
    }

    // Trouble within the last 40 minutes: a session that could not be renewed at half its life, and the longest pause after it.
    private static bool Troubled(Trouble[] troubles, DateTimeOffset now) =>
        Array.Exists(troubles, t => At(t) <= now && now <= At(t).AddMinutes(t.Minutes + 6));

    private static string? RoleOf(SidecarFixture sidecar, string token) => sidecar.Sts.Issued(token);

    // No node's tries follow one another faster than the first step of its pace, less jitter.
    private static void AssertPaced(SidecarFixture sidecar)
    {
        foreach (var calls in sidecar.Sts.Calls.GroupBy(call => call.Label))
        {
            var times = calls.Select(call => call.At).ToArray();

            for (var i = 1; i < times.Length; i++)
            {
                Assert.True(
                    times[i] - times[i - 1] >= TimeSpan.FromSeconds(1.7),
                    $"{calls.Key} was tried at {times[i - 1]:O} and at {times[i]:O}");
            }
        }
    }
}
