using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CredentialSidecar.Tests.Caching;

public sealed class RefreshScheduleTests
{
    private static readonly DateTimeOffset Issued = VirtualClock.Start;

    [Theory]
    [InlineData(3600, 0, 1800)]
    [InlineData(3600, 1, 1620)]
    [InlineData(1800, 0, 600)]
    [InlineData(1500, 0, 300)]
    [InlineData(900, 0, 450)]
    [InlineData(10, 0, 30)]
    public void A_session_is_renewed_at_half_its_life_but_with_20_minutes_left(int lifetime, double random, int expected) =>
        Assert.Equal(Issued + TimeSpan.FromSeconds(expected), Schedule(random).RenewAt(Session(lifetime)));

    [Theory]
    [InlineData(21600, 20400)]
    [InlineData(1261, 61)]
    [InlineData(1260, 60)]
    [InlineData(1200, 60)]
    [InlineData(61, 60)]
    [InlineData(30, 30)]
    public void The_source_is_read_again_with_20_minutes_left_then_each_minute_and_at_the_end(int lifetime, int expected) =>
        Assert.Equal(Issued + TimeSpan.FromSeconds(expected), Schedule(1).ReadAgainAt(Session(lifetime)));

    [Fact]
    public void R1_Jitter_only_pulls_forward_and_20_minutes_are_always_left() => Prop.ForAll(
        Gen.Choose(1500, 3600).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(),
        (lifetime, random) =>
        {
            var at = Schedule(random / 1000.0).RenewAt(Session(lifetime));
            return at > Issued
                && at <= Schedule(0).RenewAt(Session(lifetime))
                && Issued + TimeSpan.FromSeconds(lifetime) - at >= TimeSpan.FromMinutes(20);
        }).Check(Property.Quietly);

    [Fact]
    public void Retries_never_wait_longer_than_their_ceiling_nor_less_than_a_second() => Prop.ForAll(
        Gen.Elements(Enum.GetValues<CredentialFailure>()).ToArbitrary(),
        Gen.Choose(1, 10_000).ToArbitrary(),
        Gen.Choose(0, 1000).ToArbitrary(),
        (failure, failures, random) =>
        {
            var wait = Schedule(random / 1000.0).UntilRetry(failure, failures);
            var isRefusal = failure
                is CredentialFailure.Denied or CredentialFailure.InvalidHop or CredentialFailure.SourceRefused;
            return wait >= TimeSpan.FromSeconds(1) && wait <= TimeSpan.FromMinutes(isRefusal ? 5 : 2);
        }).Check(Property.Quietly);

    private static RefreshSchedule Schedule(double random) => new(RefreshSettings.Default, () => random);

    private static TemporaryCredentials Session(int seconds) =>
        new("ASIA", "secret", "token", null, Issued, Issued + TimeSpan.FromSeconds(seconds));
}
