using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Who may ask, from where, by which name.</summary>
public sealed class ClientRulesTests
{
    private const string Token = "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs";

    [Theory]
    [InlineData("""{ "Clients": { "web": { "Destinations": ["reports"] } } }""",
        "Access:Clients:web in SIDECAR_CONFIG has no token and no uid; set Token")]
    [InlineData("""{ "Clients": { "web": { "Uids": ["app"], "Destinations": ["reports"] } } }""",
        "Access:Clients:web:Uids:0 in SIDECAR_CONFIG is \"app\"; expected a uid such as 1001")]
    [InlineData("""{ "Clients": { "web": { "Uids": ["4294967295"], "Destinations": ["reports"] } } }""",
        "Access:Clients:web:Uids:0 in SIDECAR_CONFIG is \"4294967295\"; expected a uid such as 1001")]
    [InlineData("""{ "Clients": { "web": { "Uids": ["01"], "Destinations": ["reports"] } } }""",
        "Access:Clients:web:Uids:0 in SIDECAR_CONFIG is \"01\"; expected a uid such as 1001")]
    [InlineData(
        """{ "Clients": { "a": { "Uids": ["1001", "7"], "Destinations": ["reports"] },""" +
        """ "b": { "Uids": ["1001"], "Destinations": ["reports"] } } }""",
        "Access:Clients:b:Uids in SIDECAR_CONFIG has uid 1001, which client 'a' has too; give each client without a token different uids")]
    [InlineData(
        """{ "Clients": { "web": { "Token": "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs" } } }""",
        "Access:Clients:web:Destinations in SIDECAR_CONFIG is missing or empty")]
    [InlineData(
        """{ "Clients": { "web": { "Token": "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs", "Destinations": ["nobody"] } } }""",
        "Access:Clients:web:Destinations:0 in SIDECAR_CONFIG is \"nobody\"; expected the name of a destination")]
    [InlineData(
        """{ "Clients": { "Web!": { "Token": "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs", "Destinations": ["reports"] } } }""",
        "Access:Clients:Web! in SIDECAR_CONFIG is not a valid name for a client; expected 1 to 64")]
    [InlineData(
        """{ "Clients": { "default": { "Token": "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs", "Destinations": ["reports"] } } }""",
        "Access:Clients:default in SIDECAR_CONFIG is not a valid name for a client: it is reserved for the client of SIDECAR_TOKEN")]
    [InlineData(
        """{ "Clients": { "web": { "Token": "short", "Destinations": ["reports"] } } }""",
        "Access:Clients:web:Token in SIDECAR_CONFIG has 5 characters")]
    [InlineData(
        """{ "Clients": { "web": { "SharedDirectory": "here", "Destinations": ["reports"] } } }""",
        "Access:Clients:web:SharedDirectory in SIDECAR_CONFIG is \"here\"; expected an absolute path")]
    [InlineData(
        """{ "Clients": { "a": { "Token": "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs", "Destinations": ["reports"] },""" +
        """ "b": { "Token": "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs", "Destinations": ["reports"] } } }""",
        "Access:Clients:b in SIDECAR_CONFIG has the token of client 'a' too")]
    [InlineData(
        """{ "Clients": { "a": { "SharedDirectory": "/d", "Destinations": ["reports"] },""" +
        """ "b": { "SharedDirectory": "/d", "Destinations": ["reports"] } } }""",
        "Access:Clients:b in SIDECAR_CONFIG has the directory of client 'a' too")]
    [InlineData(
        """{ "Clients": { "a": { "SharedDirectory": "/d/a", "Destinations": ["reports"] },""" +
        """ "b": { "SharedDirectory": "/d/./b/..//a/", "Destinations": ["reports"] } } }""",
        "Access:Clients:b in SIDECAR_CONFIG has the directory of client 'a' too")]
    [InlineData(
        """{ "AllowAnonymous": true,""" +
        """ "Clients": { "web": { "Token": "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs", "Destinations": ["reports"] } } }""",
        "Access:AllowAnonymous in SIDECAR_CONFIG is true, but Access:Clients")]
    [InlineData("""{ "AllowAnonymous": true, "TokenGrace": "25h" }""", "Access:TokenGrace in SIDECAR_CONFIG is \"25h\"")]
    [InlineData(
        """{ "AllowAnonymous": true, "Peers": ["10.0.0.1/8"] }""",
        "Access:Peers:0 in SIDECAR_CONFIG is \"10.0.0.1/8\"; expected a network such as 10.0.0.0/24")]
    [InlineData("""{ "AllowAnonymous": true, "Peers": ["10.0"] }""", "Access:Peers:0 in SIDECAR_CONFIG is \"10.0\"; expected a network")]
    [InlineData(
        """{ "AllowAnonymous": true, "Peers": ["everyone"] }""",
        "Access:Peers:0 in SIDECAR_CONFIG is \"everyone\"; expected a network")]
    [InlineData(
        """{ "AllowAnonymous": true, "Hosts": ["sidecar:9170"] }""",
        "Access:Hosts:0 in SIDECAR_CONFIG is \"sidecar:9170\"; expected a name")]
    [InlineData(
        """{ "AllowAnonymous": true, "RequestsPerSecond": 99 }""",
        "Access:RequestsPerSecond in SIDECAR_CONFIG is 99; expected 100 to 100000")]
    public void A_mistake_is_named_with_its_key_and_what_to_do(string access, string expected)
    {
        var mistake = Assert.Single(Loading.Mistakes(("SIDECAR_TOKEN", null), ("SIDECAR_CONFIG", $$"""{ "Access": {{access}} }""")));
        Assert.StartsWith(expected, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "true", "SIDECAR_Passthrough__TaskRole__0 is \"nobody\"; expected the name of a client")]
    [InlineData("default", "false", "SIDECAR_Passthrough__TaskRole__0 is set, but Passthrough:Metadata is not")]
    public void Who_may_read_the_task_role_is_a_client_and_only_where_things_are_passed_on(string client, string isOn, string expected)
    {
        var mistakes = Loading.Mistakes(("SIDECAR_Passthrough__TaskRole__0", client), ("SIDECAR_Passthrough__Metadata", isOn));
        Assert.StartsWith(expected, Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void An_audit_file_needs_a_whole_path() =>
        Assert.StartsWith(
            "SIDECAR_Audit__File is \"audit.log\"; expected an absolute path",
            Assert.Single(Loading.Mistakes(("SIDECAR_Audit__File", "audit.log"))),
            StringComparison.Ordinal);

    [Fact]
    public void Named_clients_leave_no_client_that_may_read_everything_though_the_image_sets_a_shared_directory()
    {
        var settings = Settings.Load(
            ("SIDECAR_TOKEN", null),
            ("SIDECAR_SHARED_DIR", "/d"),
            ("SIDECAR_Access__Clients__web__Token", Token),
            ("SIDECAR_Access__Clients__web__Destinations__0", "reports"));
        Assert.Equal(["web"], settings.Clients.Select(client => client.Name));
    }

    [Fact]
    public void A_token_and_named_clients_are_told_apart()
    {
        var settings = Settings.Load(
            ("SIDECAR_Access__Clients__web__Token", Token), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"));
        Assert.Equal([("default", true), ("web", false)], settings.Clients.Select(client => (client.Name, client.Destinations is null)));
        var values = settings.Clients.Where(client => client.Origin == TokenOrigin.Value && client.Destinations is not null);
        Assert.Equal(["web"], values.Select(client => client.ToString()));
    }

    [Theory]
    [InlineData(true, "169.254.170.2", "SIDECAR_Access__Peers__0=169.254.170.0/24")]
    [InlineData(true, "169.254.170.2", "SIDECAR_Networking__LinkLocalAddress=169.254.170.2")]
    [InlineData(false, "169.254.170.2", "SIDECAR_Networking__LinkLocalAddress=169.254.170.23")]
    [InlineData(false, "0.0.0.0", "SIDECAR_Networking__LinkLocalAddress=169.254.170.2")]
    public void R11_Anonymous_reaches_as_far_as_nobody_else_can(bool isAllowed, string address, string variable)
    {
        var (name, value) = (variable.Split('=')[0], variable.Split('=')[1]);
        var mistakes = Loading.Mistakes(
            ("SIDECAR_TOKEN", null),
            ("SIDECAR_Access__AllowAnonymous", "true"),
            ("SIDECAR_Listen__Addresses__0", address),
            (name, value));
        Assert.Equal(isAllowed ? 0 : 1, mistakes.Count);
    }

    [Fact]
    public void Everyone_as_a_peer_is_warned_of() =>
        Assert.Contains(
            "SIDECAR_Access__Peers__0 is 0.0.0.0/0: every host that can reach the port may send requests",
            Loading.Warnings(("SIDECAR_Access__Peers__0", "0.0.0.0/0")));
}
