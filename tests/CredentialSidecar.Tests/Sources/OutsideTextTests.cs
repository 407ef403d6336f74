using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>Text from outside is bounded, escaped and masked before an operator sees it.</summary>
public sealed class OutsideTextTests
{
    private const string ExternalId = "SIDECAR_Destinations__reports__Hops__0__ExternalId";

    [Theory]
    [InlineData("a\u001b[2Jb", "a\\u001B[2Jb.")]
    [InlineData("a\u009b2Jb", "a\\u009B2Jb.")]
    [InlineData("a\u0085b\u2028c", "a\\u0085b\\u2028c.")]
    [InlineData("a\u202eb", "a\\u202Eb.")]
    [InlineData("a\0\tb", "a\\u0000\\u0009b.")]
    [InlineData("two\r\nlines\n", "two lines.")]
    [InlineData("Grüße 東京.", "Grüße 東京.")]
    public void Nothing_that_a_terminal_obeys_is_left(string text, string shown) =>
        Assert.Equal(shown, OutsideText.Shown(text, Assuming.Mask()));

    [Theory]
    [InlineData('x', 100_000)]
    [InlineData('東', 5_000)]
    [InlineData('\u0001', 5_000)]
    [InlineData('x', 1_100)]
    public void At_most_one_kilobyte_is_shown(char c, int times)
    {
        var shown = OutsideText.Shown(new string(c, times), Assuming.Mask())!;

        Assert.InRange(Encoding.UTF8.GetByteCount(shown), 900, 1024);
        Assert.EndsWith("…", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_is_masked_wherever_it_begins_even_at_the_edge_of_what_is_shown()
    {
        var mask = Assuming.Mask();
        var scan = new SecretScan(Settings.Token);

        for (var before = 0; before < 2100; before += 7)
        {
            scan.Check(OutsideText.Shown(new string(' ', before % 3) + new string('.', before) + Settings.Token, mask)!);
        }
    }

    [Theory]
    [InlineData("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA")]
    [InlineData("authorization: Bearer abcdefgh.ijk", "abcdefgh.ijk")]
    [InlineData("{\"SecretAccessKey\" : \"ab\\\"cdefghijklmnop\"}", "cdefghijklmnop")]
    [InlineData("password: correct horse battery", "battery")]
    [InlineData("tool --password hunter2secret", "hunter2secret")]
    [InlineData("tool --token hvs.CAESxyz", "CAESxyz")]
    [InlineData("curl -u admin:hunter22 x", "hunter22")]
    [InlineData("GET https://user:pa55w0rd@host/", "pa55w0rd")]
    [InlineData("api_key=0123abcdef", "0123abcdef")]
    [InlineData("key:\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\nIIGLw=\n-----END EC PRIVATE KEY-----\n", "MHcCAQEE")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG", "MIGHAgEAMBMG")]
    [InlineData("denied for hvs.CAESIJ0aVqWk3yTnU7bR2mXz", "CAESIJ0aVqWk3yTnU7bR2mXz")]
    [InlineData("keys AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1", "wJalrXUtnFEMI/K7MDENG")]
    [InlineData("client_secret 0aVqWk3yTnU7bR2mXz", "0aVqWk3yTnU7bR2mXz")]
    [InlineData("aws_session_token 0123456789abcdefgh", "0123456789abcdefgh")]
    [InlineData("SecretAccessKey is 0123456789abcdefgh", "0123456789abcdefgh")]
    public void A_secret_that_calls_itself_one_is_masked(string text, string secret)
    {
        var shown = OutsideText.Shown(text, Assuming.Mask())!;
        Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        Assert.Contains("***", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("team/orders:7f3a")]
    [InlineData("team\\/orders:7f3a")]
    [InlineData("team%2Forders%3A7f3a")]
    [InlineData("team%2forders%3a7f3a")]
    [InlineData("dGVhbS9vcmRlcnM6N2YzYQ==")]
    public void An_external_id_is_masked_in_each_form_in_which_an_error_may_echo_it(string echoed)
    {
        var mask = Assuming.Mask((ExternalId, "team/orders:7f3a"));
        Assert.Equal("no: ***", OutsideText.Shown($"no: {echoed}", mask)!.TrimEnd('.', '='));
    }

    [Fact]
    public void Credentials_stay_masked_when_others_come_with_the_same_access_key_id()
    {
        var mask = Assuming.Mask();
        mask.Add(Keys("ASIASAME", "first-secret-0123456789", "first-token-0123456789"));
        mask.Add(Keys("ASIASAME", "other-secret-9876543210", "other-token-9876543210"));
        var both = OutsideText.Shown("first-secret-0123456789 first-token-0123456789", mask)!;
        new SecretScan("first-secret-0123456789", "first-token-0123456789").Check(both);
    }

    [Fact]
    public void Neither_code_nor_request_id_nor_the_callers_name_shows_what_STS_was_sent()
    {
        var refused = Assuming.Answered(400, "ordersexternal", "no");
        Assert.DoesNotContain("ordersexternal", refused.Message, StringComparison.Ordinal);

        var mask = Assuming.Mask();
        mask.Add(Assuming.Signer);
        Assert.Null(OutsideName.RequestId(Assuming.Signer.SecretAccessKey, mask));
        Assert.Null(OutsideName.RequestId("a\u009b31m", mask));
        Assert.Null(OutsideName.RequestId(new string('1', 200), mask));
        Assert.Equal("f54a5de1-0000-4000-8000-000000000000", OutsideName.RequestId("f54a5de1-0000-4000-8000-000000000000", mask));
    }

    [Fact]
    public void Parts_of_live_credentials_are_masked_and_their_access_key_ids_are_not()
    {
        var (mask, token) = (Assuming.Mask(), string.Concat(Enumerable.Range(0, 60).Select(i => $"t{i * 7919}/+")));
        mask.Add(Keys("ASIALIVE", "live-secret-key-0123456789", token));
        var pieces = $"Value '{token[40..90]}' and {Uri.EscapeDataString(token[100..160])} of ASIALIVE, live-secret-key-0123456789";
        var shown = OutsideText.Shown(pieces, mask)!;

        new SecretScan(token, "live-secret-key-0123456789").Check(shown);
        Assert.Contains("ASIALIVE, ***", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders-7f3a", "Value 'orders-7f3a' at 'externalId'", "Value '***' at 'externalId'.")]
    [InlineData("ab:c/d", "about ab:c/d and ab%3Ac%2Fd", "about *** and ***.")]
    [InlineData("ab", "ab about role/ab-x", "*** about role/***-x.")]
    public void An_external_id_is_masked(string id, string text, string shown) =>
        Assert.Equal(shown, OutsideText.Shown(text, Assuming.Mask((ExternalId, id))));

    [Theory]
    [InlineData("token=abc123 left", "token=*** left.")]
    [InlineData("password: \"p w\"", "password: \"***\".")]
    [InlineData("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "got ***.")]
    [InlineData("got IQoJb3JpZ2luX2VjEJr//////////wEaDGV1", "got ***.")]
    [InlineData("The security token included in the request is invalid.", "The security token included in the request is invalid.")]
    public void What_looks_like_a_secret_of_others_is_masked(string text, string shown) =>
        Assert.Equal(shown, OutsideText.Shown(text, Assuming.Mask()));

    [Fact]
    public async Task A_ValidationError_that_echoes_its_input_reaches_siblings_without_text_and_the_operator_masked()
    {
        await using var sts = RawServer.Http(
            400,
            "<ErrorResponse><Error><Code>ValidationError</Code>" +
            "<Message>Value 'orders-7f3a' at 'externalId', token signer-token-abcdefghij</Message></Error></ErrorResponse>",
            "text/xml");
        var refused = await Assert.ThrowsAsync<CredentialException>(() => Assuming.AsReportsAsync(
            Assuming.Hop with { ExternalId = "orders-7f3a" },
            Assuming.Signer,
            ("AWS_ENDPOINT_URL_STS", sts.Uri.ToString()),
            (ExternalId, "orders-7f3a")));

        Assert.Equal($"Cannot assume {Settings.ReportsRole} (hop 1): STS refused its input (ValidationError).", refused.Message);
        Assert.Equal($"{refused.Message} STS said: Value '***' at 'externalId', token ***.", refused.ForOperator);
    }

    private static TemporaryCredentials Keys(string id, string secret, string token) =>
        new(id, secret, token, null, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
}
