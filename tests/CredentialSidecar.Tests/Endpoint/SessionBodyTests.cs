using System.Text.Json;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

public sealed class SessionBodyTests
{
    [Fact]
    public void R7_An_expiration_is_whole_seconds_cut_down_with_a_Z()
    {
        var body = Read(Body("t", VirtualClock.Start.AddSeconds(59).AddMilliseconds(999).ToOffset(TimeSpan.FromHours(5))));
        Assert.Equal("2026-01-01T00:00:59Z", body.GetProperty("Expiration").GetString());
    }

    [Fact]
    public void R6_A_token_is_served_as_it_is_and_a_plus_costs_one_byte()
    {
        var plain = Body(new string('+', 4_000), VirtualClock.Start);
        Assert.True(plain.Length < 4_500);
        Assert.Equal(new string('+', 4_000), Read(plain).GetProperty("Token").GetString());
    }

    [Fact]
    public void R6_Whatever_STS_gives_comes_out_the_same() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyString>(),
        token => Read(Body(token.Get, VirtualClock.Start)).GetProperty("Token").GetString() == Clean(token.Get)).Check(Property.Quietly);

    // A lone surrogate has no UTF-8 form.
    private static string Clean(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    private static ReadOnlyMemory<byte> Body(string token, DateTimeOffset expiration) =>
        new Session(new TemporaryCredentials("ASIA", "secret", token, null, VirtualClock.Start, expiration), RoleArn.Parse(Settings.ReportsRole), expiration).Body;

    private static JsonElement Read(ReadOnlyMemory<byte> body) => JsonSerializer.Deserialize<JsonElement>(body.Span);
}
