using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>Whose token it is.</summary>
public sealed class ClientBookTests : IDisposable
{
    private const string Web = "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs";
    private const string Next = "next-5Pz1Xc8Vb3Nm6Qw9Er2Ty7Ui4Oa0Ks";

    private readonly VirtualClock _clock = new();
    private readonly CollectedLogs _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void R11_A_missing_token_alone_never_means_everyone()
    {
        var settings = Settings.Load();

        Assert.Throws<ArgumentException>(() => Book(settings.Access with { Clients = [] }));
        Assert.Throws<ArgumentException>(() => Book(settings.Access with { Clients = [settings.Clients[0] with { Token = "" }] }));
        Assert.Throws<ArgumentException>(() => Book(settings.Access with { Clients = [settings.Clients[0] with { Token = null }] }));

        Assert.Throws<ArgumentException>(() => Book(settings.Access with { AllowAnonymous = true }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0G")]
    [InlineData(Web + " ")]
    [InlineData(Web + Web)]
    [InlineData("Web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs")]
    [InlineData("Bearer " + Web)]
    [InlineData(Web + "," + Settings.Token)]
    public void R11_Anything_but_a_token_is_refused(string? sent) =>
        Assert.Equal(RejectionReason.Unauthorized, Assert.Throws<RejectedException>(() => Book(Two).Identify(sent)).Reason);

    [Theory]
    [InlineData("Bearer " + Web, "has the scheme \"Bearer\" before the token. The token itself is correct: send only the token")]
    [InlineData("bearer   " + Web, "has the scheme \"Bearer\" before the token. The token itself is correct")]
    [InlineData("Token \"" + Web + "\"", "has the scheme \"Token\" before the token and quotes around it. The token itself is correct")]
    [InlineData("\"" + Web + "\"", "has quotes around the token. The token itself is correct")]
    [InlineData("'" + Web + "'", "has quotes around the token. The token itself is correct")]
    [InlineData("Bearer canary", "has the scheme \"Bearer\" before the token, and the token itself is wrong too")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIA/canary", "holds an AWS signature instead of the sidecar's token")]
    [InlineData("canary " + Web, "The authorization token is wrong. Compare")]
    [InlineData("\"", "The authorization token is wrong. Compare")]
    public void A_token_in_a_wrong_form_is_refused_with_what_is_wrong_about_it(string sent, string expected)
    {
        var refused = Assert.Throws<RejectedException>(() => Book(Two).Identify(sent));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Web, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void R11_Each_token_belongs_to_one_client_and_anyone_is_served_where_the_operator_allows_it()
    {
        var book = Book(Two);
        Assert.Equal(("web", "default"), (book.Identify(Web), book.Identify(Settings.Token)));

        var anonymous = Book(Settings.Load(("SIDECAR_TOKEN", null), ("SIDECAR_Access__AllowAnonymous", "true")));
        Assert.Equal("anyone", anonymous.Identify(null));
        Assert.Equal("anyone", anonymous.Identify("whatever"));
    }

    [Fact]
    public void A_former_token_is_valid_for_the_grace_time_and_then_named_for_what_it_is()
    {
        var book = Book(Two);
        book.Replace("web", Next, TimeSpan.FromMinutes(10), () => Assert.Equal("web", book.Identify(Next)));

        Assert.Equal(("web", "web"), (book.Identify(Next), book.Identify(Web)));
        Assert.Equal((true, false), (book.IsCurrent("web", Next), book.IsCurrent("web", Web)));

        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        book.Identify(Web);
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Contains("was replaced", Assert.Throws<RejectedException>(() => book.Identify(Web)).Message, StringComparison.Ordinal);
        Assert.Equal("web", book.Identify(Next));
        Assert.Equal("default", book.Identify(Settings.Token));
    }

    [Fact]
    public void A_client_that_still_sends_its_former_token_is_named_in_one_warning()
    {
        var book = Book(Two);
        book.Replace("web", Next, TimeSpan.FromMinutes(10), () => { });
        book.Identify(Next);
        Assert.DoesNotContain(_logs.Lines, line => line.Event.Id == 602);

        book.Identify(Web);
        book.Identify(Web);

        Assert.Contains(
            "Client web still sends its former token",
            Assert.Single(_logs.Lines, line => line.Event.Id == 602).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_cannot_be_published_changes_nothing()
    {
        var book = Book(Two);

        Assert.Throws<IOException>(() => book.Replace("web", Next, TimeSpan.Zero, () => throw new IOException("disk full")));

        Assert.Equal("web", book.Identify(Web));
        Assert.Throws<RejectedException>(() => book.Identify(Next));
        Assert.True(book.IsCurrent("web", Web));
    }

    [Fact]
    public void A_hundred_rotations_leave_a_handful_of_tokens_end_none_early_and_touch_none_of_others()
    {
        var book = Book(Two);

        for (var i = 0; i < 100; i++)
        {
            book.Replace("web", $"{Next}-{i}", TimeSpan.FromHours(24), () => { });
        }

        Assert.Equal(ClientBook.MostValid, Enumerable.Range(0, 100).Count(i => IsTaken(book, $"{Next}-{i}")));
        Assert.True(IsTaken(book, Web));
        Assert.Equal("default", book.Identify(Settings.Token));
        Assert.True(book.IsCurrent("web", $"{Next}-{ClientBook.MostValid - 1}"));
    }

    private static SidecarSettings Two => Settings.Load(
        [
            ("SIDECAR_Access__Clients__web__Token", Web),
            ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
            .. Settings.Destination("other", "arn:aws:iam::555566667777:role/other"),
        ]);

    private static bool IsTaken(ClientBook book, string token)
    {
        try
        {
            return book.Identify(token) == "web";
        }
        catch (RejectedException)
        {
            return false;
        }
    }

    private ClientBook Book(SidecarSettings settings) => Book(settings.Access);

    private ClientBook Book(AccessSettings settings) => new(settings, new TokenStore(), _clock, _logs.For<ClientBook>());
}
