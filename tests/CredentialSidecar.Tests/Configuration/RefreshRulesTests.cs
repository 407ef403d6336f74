using CredentialSidecar.Configuration.Reading;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Times, and that every session outlives its promise (contract R1, R2).</summary>
public sealed class RefreshRulesTests
{
    private const string Duration = "SIDECAR_Destinations__reports__Hops__0__DurationSeconds";

    [Theory]
    [InlineData("1500", "21m", true)]
    [InlineData("1500", "21m1s", null)]
    [InlineData("1500", "1261s", false)]
    [InlineData("1500", "16m", true)]
    [InlineData("3000", "46m", true)]
    [InlineData("3000", "00:46:01", false)]
    [InlineData("3600", "50m", true)]
    public void R1_R2_A_session_lives_four_minutes_longer_than_it_has_to_have_left(string seconds, string remaining, bool? fits)
    {
        var mistakes = Loading.Mistakes((Duration, seconds), ("SIDECAR_Refresh__MinimumRemaining", remaining));

        Assert.Equal(fits == true ? 0 : 1, mistakes.Count);
        var found = mistakes.Count(m => m.StartsWith("SIDECAR_Refresh__MinimumRemaining is ", StringComparison.Ordinal)
            && m.Contains($"but {Duration} is {seconds};", StringComparison.Ordinal));
        Assert.Equal(fits == false ? 1 : 0, found);
    }

    [Fact]
    public void R1_Only_the_last_hop_is_served_and_so_counts() => Assert.Empty(Loading.Mistakes(
        ("SIDECAR_ROLE_ARN", "arn:aws:iam::111111111111:role/a,arn:aws:iam::222222222222:role/b"),
        ("SIDECAR_Destinations__default__Hops__0__DurationSeconds", "1500"), ("SIDECAR_Refresh__MinimumRemaining", "40m")));

    [Theory]
    [InlineData("SIDECAR_DRAIN", "121", "is 121s; expected 0s to 2m")]
    [InlineData("SIDECAR_DRAIN", "1000.5", "is 1000.5s; expected 0s to 2m")]
    [InlineData("SIDECAR_DRAIN", "-5", "is \"-5\"; expected a time such as")]
    [InlineData("SIDECAR_DRAIN", "-00:00:05", "is \"-00:00:05\"; expected a time such as")]
    [InlineData("SIDECAR_DRAIN", "0:30", "is \"0:30\"; expected a time such as")]
    [InlineData("SIDECAR_DRAIN", "365.00:00:00", "is \"365.00:00:00\"; expected a time such as")]
    [InlineData("SIDECAR_DRAIN", "999999h", "is \"999999h\"; expected a time such as 5s, 20m, 1h or 00:00:05 (0s-2m)")]
    [InlineData("SIDECAR_DRAIN", "5 S", "is \"5 S\"; expected a time such as")]
    [InlineData("SIDECAR_Refresh__MinimumRemaining", "15m", "is 15m; expected 16m to 50m")]
    [InlineData("SIDECAR_Refresh__MinimumRemaining", "20", "is 20s; expected 16m to 50m")]
    [InlineData("SIDECAR_Refresh__StartSpread", "61s", "is 61s; expected 0s to 1m")]
    [InlineData("SIDECAR_Refresh__RenewAtFraction", "0", "is 0; expected 0.1 to 0.9")]
    [InlineData("SIDECAR_Refresh__RenewAtFraction", "0,5", "is \"0,5\"; expected a number (0.1-0.9)")]
    [InlineData("SIDECAR_Refresh__JitterFraction", "-0.1", "is -0.1; expected 0 to 0.5")]
    public void A_time_or_share_out_of_range_is_a_mistake(string variable, string value, string expected) =>
        Assert.StartsWith($"{variable} {expected}", Assert.Single(Loading.Mistakes((variable, value))), StringComparison.Ordinal);

    [Theory]
    [InlineData("5", 5)]
    [InlineData("5s", 5)]
    [InlineData("0.5m", 30)]
    [InlineData("00:01:00", 60)]
    [InlineData("1500ms", 1.5)]
    [InlineData("0", 0)]
    public void A_bare_number_is_seconds_and_never_days(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), CredentialSidecar.Testing.Settings.Load(("SIDECAR_DRAIN", text)).Drain);

    [Fact]
    public void Every_time_that_is_read_is_written_in_a_form_that_is_read_again() => Prop.ForAll(
        Gen.Choose(0, 86_400_000).ToArbitrary(),
        milliseconds => Durations.TryParse(Durations.Format(TimeSpan.FromMilliseconds(milliseconds)), out var again)
            && again == TimeSpan.FromMilliseconds(milliseconds))
        .Check(Property.Quietly.WithMaxTest(500));
}
