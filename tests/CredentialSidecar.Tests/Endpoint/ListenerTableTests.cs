using System.Net.Sockets;
using System.Text.RegularExpressions;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>SECURITY.md and docs/architecture.md show the tables of the code, so that what a reviewer reads is what is checked.</summary>
public sealed partial class ListenerTableTests
{
    [Fact]
    public void Security_page_shows_each_guard_where_it_stands()
    {
        string[] expected =
        [
            $"| guard | {string.Join(" | ", Routes.All.Select(route => $"`{route.Name}`"))} |",
            $"|---|{string.Concat(Routes.All.Select(_ => "---|"))}",
            .. from guard in Enum.GetValues<Guards>()
               where guard != Guards.None
               select $"| `{guard}` | {string.Join(" | ", Routes.All.Select(route => route.Guards.HasFlag(guard) ? "x" : ""))} |",
        ];
        AssertShown("SECURITY.md", expected);
    }

    [Fact]
    public void Architecture_page_shows_who_answers_on_which_listener() => AssertShown(Path.Combine("docs", "architecture.md"),
    [
        "| listener | route | answered by |",
        "|---|---|---|",
        .. Routes.All.Select(route => $"| `{route.Listener}` | `{route.Asked}` | `{route.Endpoint.Name}` |"),
    ]);

    [Fact]
    public void Security_page_explains_each_guard() => Assert.All(
        Enum.GetNames<Guards>().Except([nameof(Guards.None)]),
        name => Assert.Contains($"\n- `{name}`: ", Page("SECURITY.md"), StringComparison.Ordinal));

    /// <summary>A guard that no row has would be a promise without a check.</summary>
    [Fact]
    public void Each_guard_stands_somewhere_and_each_listener_has_a_route()
    {
        Assert.All(Enum.GetValues<Guards>(), guard => Assert.Contains(Routes.All, route => route.Guards.HasFlag(guard)));
        Assert.All(Enum.GetValues<ListenerKind>(), kind => Assert.Contains(Routes.All, route => route.Listener == kind));
        Assert.Equal(Routes.All.Length, Routes.All.Select(route => route.Name).Distinct().Count());
    }

    [Fact]
    public void A_new_listener_is_a_new_row()
    {
        var settings = Settings.Load(
            ("SIDECAR_Interception__Uids__1000", "reports:9300"), ("SIDECAR_HEALTH_ADDRESS", "192.0.2.7"),
            ("SIDECAR_Listen__Addresses__0", "127.0.0.1"), ("SIDECAR_SHARED_DIR", "/shared"), ("SIDECAR_Listen__Socket", "true"),
            ("SIDECAR_Listen__Tls__Port", "9443"), ("SIDECAR_Listen__Tls__Addresses__0", "127.0.0.3"),
            ("SIDECAR_Access__Hosts__0", "sidecar.test"));

        Assert.Equal(
            [
                "Credentials 127.0.0.1:0 Listen:Port Listen:Addresses:0", "Socket /shared/credentials.sock Listen:Socket ",
                "Tls 127.0.0.3:9443 Listen:Tls:Port Listen:Tls:Addresses:0", "Health 127.0.0.1:0 Health:Port ",
                "Probes 192.0.2.7:0 Health:Port Health:Address", "Intercepted 127.0.0.1:9300 Interception:Uids:1000 ",
                "Control /shared/control.sock SharedDirectory ",
            ],
            ListenerTable.Of(settings).Select(row => $"{row.Kind} {row.Address} {row.Key} {row.AddressKey}"));

        // The kernel answers for these two guards, so a row must be of the kind that the kernel can answer for.
        Assert.All(ListenerTable.Of(settings), row =>
        {
            Assert.Equal(row.Kind == ListenerKind.Control, Routes.IsOn(row.Kind, Guards.PeerCredentials));
            Assert.Equal(row.User is not null, Routes.IsOn(row.Kind, Guards.RedirectedUid));
        });
    }

    private static void AssertShown(string page, string[] expected) => Assert.True(
        Page(page).Contains(Compact(string.Join('\n', expected)), StringComparison.Ordinal),
            $"{page} should have this table:\n{string.Join('\n', expected)}");

    private static string Page(string name) => Compact(File.ReadAllText(Repository.File(name)));

    // Blanks that only line up columns do not count.
    private static string Compact(string text) => Blanks().Replace(text, " ");

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();
}
