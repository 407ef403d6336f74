using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class WorldFileTests
{
    [Fact]
    public void What_is_printed_can_be_read_again()
    {
        var printed = WorldFile.Print(DefaultWorld.Create());

        Assert.Equal(printed, WorldFile.Print(WorldFile.Parse(printed)));
        Assert.Contains("arn:aws:iam::555566667777:role/team/audit/reader", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var world = WorldFile.Parse("""
            {
              // A comment, and a comma too many.
              "TaskRole": "arn:aws-cn:iam::111122223333:role/service-role/t",
              "Roles": [{ "Arn": "arn:aws-cn:iam::111122223333:role/service-role/t", "Trust": [{ "Principals": ["*"] }] },],
            }
            """);

        var role = Assert.Single(world.Roles);
        Assert.Equal(3600, role.MaxSessionDurationSeconds);
        Assert.True(role.Trust![0].Covers("sts:AssumeRole", null));
        Assert.False(role.Trust[0].Covers("sts:TagSession", null));
    }

    [Theory]
    [InlineData("""{"TaskRole":"arn:aws:iam::1:role/t","Roles":[{"Arn":"arn:aws:iam::1:role/t"}]}""", "12 digits")]
    [InlineData("""{"TaskRole":"x","Roles":[]}""", "is not among the Roles")]
    [InlineData("""{"TaskRole":"x"}""", "Roles")]
    [InlineData("""{"TaskRole":"x","Roles":[],"Rolse":[]}""", "Rolse")]
    [InlineData("""{"TaskRole":"R","Roles":[{"Arn":"R","MaxSessionDurationSeconds":60}]}""", "between 3600 and 43200")]
    [InlineData("""{"TaskRole":"R","Roles":[{"Arn":"R"},{"Arn":"R"}]}""", "more than once")]
    [InlineData("""{"TaskRole":"R","Roles":[{"Arn":"R","Trust":[{"Principals":["bob"]}]}]}""", "'bob' is not a principal")]
    [InlineData(
        """{"TaskRole":"R","Roles":[{"Arn":"R","Trust":[{"Principals":["*"],"Actions":["sts:Assume"]}]}]}""",
        "'sts:Assume' is not an action")]
    [InlineData(
        """{"TaskRole":"R","Roles":[{"Arn":"R"}],"Users":[{"Arn":"R","AccessKeyId":"AKIAAAAAAAAAAAAAAAAA","SecretAccessKey":"s"}]}""",
        "is not the ARN of a user")]
    [InlineData("""{"TaskRole":"R","Roles":[{"Arn":"R","Trust":[{"Principals":[],"Federated":["x"]}]}]}""", "'x' is not among the Oidc")]
    [InlineData(
        """{"TaskRole":"R","Roles":[{"Arn":"R"}],"OidcProviders":[{"Arn":"https://x","Audiences":["a"],"Keys":[]}]}""",
        "'https://x' is not arn:aws:iam::ACCOUNT:oidc-provider/ISSUER")]
    [InlineData(
        """{"TaskRole":"R","Roles":[{"Arn":"R"}],"OidcProviders":[{"Arn":"P","Audiences":[],"Keys":[{"kty":"RSA","n":"!","e":"A"}]}]}""",
        "Keys must be public keys as in a JWKS document")]
    [InlineData("""{"TaskRole":null,"Roles":[]}""", "null")]
    [InlineData("not json", "invalid JSON")]
    [InlineData("null", "null")]
    public void A_mistake_is_named(string json, string words)
    {
        var mistaken = Assert.Throws<WorldException>(
            () => WorldFile.Parse(json.Replace("\"R\"", "\"arn:aws:iam::111122223333:role/t\"", StringComparison.Ordinal)));

        Assert.Contains(mistaken.Mistakes, mistake => mistake.Contains(words, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_documented_world_is_a_world()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "CredentialSidecar.sln")))
        {
            root = root.Parent;
        }

        var page = File.ReadAllText(Path.Combine(root.FullName, "docs", "emulator.md"));
        var block = page.Split("```").Single(block => block.StartsWith("json\n{\n  \"TaskRole\"", StringComparison.Ordinal));
        var json = block["json".Length..];

        Assert.Equal(2, WorldFile.Parse(json).Roles.Count);
    }

    [Fact]
    public async Task A_world_that_cannot_be_read_ends_with_exit_code_78()
    {
        Assert.Equal(78, await EmulatorCommand.RunAsync(["--world", "/nowhere/world.json"], TimeProvider.System));
    }

    [Theory]
    [InlineData("--sts-port", "70000")]
    [InlineData("--unknown")]
    public async Task A_mistaken_option_ends_with_exit_code_64(params string[] args)
    {
        Assert.Equal(64, await EmulatorCommand.RunAsync(args, TimeProvider.System));
    }

    [Fact]
    public async Task A_port_in_use_ends_with_exit_code_1()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(1, await EmulatorCommand.RunAsync(["--sts-port", port], TimeProvider.System));
    }
}
