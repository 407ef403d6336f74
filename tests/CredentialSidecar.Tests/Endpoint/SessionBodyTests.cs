using System.Buffers;
using System.Text.Json;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Endpoint;
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

    [Fact]
    public void A_session_that_another_took_the_place_of_leaves_no_bytes_and_is_served_whole_or_not_at_all()
    {
        byte[] body = [1, 2, 3];
        var session = new Session(Keys("t", VirtualClock.Start), "test", body, VirtualClock.Start);
        var before = session.Bytes();

        session.Erase();

        Assert.NotEmpty(before);
        Assert.False(session.TryWriteTo(new ArrayBufferWriter<byte>()));
        Assert.All(body, b => Assert.Equal(0, b));
    }

    private static byte[] Body(string token, DateTimeOffset expiration) =>
        ContractDocument.Of(Keys(token, expiration), RoleArn.Parse(Settings.ReportsRole));

    private static TemporaryCredentials Keys(string token, DateTimeOffset expiration) =>
        new("ASIA", "secret", token, null, VirtualClock.Start, expiration);

    private static JsonElement Read(byte[] body) => JsonSerializer.Deserialize<JsonElement>(body);
}
