using System.CommandLine;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using CredentialSidecar.Commands.Getting;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary><c>credential-sidecar get</c> beside a running sidecar.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class GetCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("get-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_session_is_printed_in_each_format()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var session = JsonNode.Parse(await sidecar.Client.GetStringAsync(
            new Uri("v1/credentials/reports", UriKind.Relative), TestContext.Current.CancellationToken))!;
        var (id, key, token, end) = (Text("AccessKeyId"), Text("SecretAccessKey"), Text("Token"), Text("Expiration"));

        var json = await RunAsync(sidecar, "reports");
        var process = await RunAsync(sidecar, "reports --format process");
        var variables = await RunAsync(sidecar, "reports --format env");
        var profile = await RunAsync(sidecar, "reports --format credentials-file");

        Assert.True(JsonNode.DeepEquals(session, JsonNode.Parse(json.Output)), json.ToString());
        Assert.Equal(
            $$"""{"Version":1,"AccessKeyId":"{{id}}","SecretAccessKey":"{{key}}","SessionToken":"{{token}}","Expiration":"{{end}}"}""",
            process.Output.TrimEnd('\n'));
        Assert.Equal($"export AWS_ACCESS_KEY_ID={id}\nexport AWS_SECRET_ACCESS_KEY={key}\nexport AWS_SESSION_TOKEN={token}\n"
            + $"export AWS_CREDENTIAL_EXPIRATION={end}\n", variables.Output);
        Assert.Equal(
            $"[reports]\naws_access_key_id = {id}\naws_secret_access_key = {key}\naws_session_token = {token}\n", profile.Output);
        Assert.Equal((0, "", 0, "", 0, ""), (json.Code, json.Error, variables.Code, variables.Error, profile.Code, profile.Error));

        string Text(string name) => (string)session[name]!;
    }

    [Fact]
    public async Task A_profile_is_put_into_a_file_of_its_owner_and_the_rest_of_the_file_stays()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var file = Path.Combine(_directory, "aws", "credentials");
        var first = await RunAsync(sidecar, "reports --format credentials-file --out", file);
        Assert.True(first.Code == 0, first.Error);
        await File.WriteAllTextAsync(file, "# mine\n[default]\naws_access_key_id=AKIA1\n\n[reports]\r\nAWS_Session_Token = "
            + "old\nregion = eu-west-1\n"
            + "# kept\n[last]\naws_secret_access_key = caf\u00e9", TestContext.Current.CancellationToken);
        var second = await RunAsync(sidecar, "reports --format credentials-file --out", file);
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);

        Assert.Equal(0, second.Code);
        Assert.Matches($"^Wrote profile reports to {file}. The session expires at \\d{{4}}-.*Z.\n$", first.Error);
        Assert.Equal(("# mine", "[default]", "aws_access_key_id=AKIA1", "", "[reports]"), (lines[0], lines[1], lines[2], lines[3],
            lines[4]));
        Assert.StartsWith("aws_session_token = ", lines[7], StringComparison.Ordinal);
        Assert.Equal(["region = eu-west-1", "# kept", "[last]", "aws_secret_access_key = caf\u00e9"], lines[8..]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task A_link_stays_a_link_and_its_target_gets_the_profile()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var (target, link) = (Path.Combine(_directory, "target"), Path.Combine(_directory, "link"));
        File.CreateSymbolicLink(link, target);
        await File.WriteAllTextAsync(target, "", TestContext.Current.CancellationToken);

        Assert.Equal(0, (await RunAsync(sidecar, "reports --format credentials-file --profile work --out", link)).Code);

        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.StartsWith("[work]\n", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_with_a_setting_that_wins_over_keys_is_left_alone()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var file = Path.Combine(_directory, "credentials");
        const string before = "[reports]\nrole_arn = arn:aws:iam::555566667777:role/reports\n";
        await File.WriteAllTextAsync(file, before, TestContext.Current.CancellationToken);
        var (code, _, error) = await RunAsync(sidecar, "reports --format credentials-file --out", file);

        Assert.Equal(64, code);
        Assert.Contains("has role_arn, which SDKs prefer to keys. Give another profile", error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("[prod] # production\naws_access_key_id = PRODKEY\n", "[prod] # production\naws_access_key_id = PRODKEY\n")]
    [InlineData("[prod];c\naws_access_key_id = PRODKEY\n", "[prod];c\naws_access_key_id = PRODKEY\n")]
    [InlineData("[default]\ns3 =\n  [reports]\nregion = x\n", "[default]\ns3 =\n  [reports]\nregion = x\n")]
    public async Task A_profile_of_another_name_stays_as_it_is(string before, string kept)
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var file = Path.Combine(_directory, "credentials");
        await File.WriteAllTextAsync(file, $"[reports]\naws_access_key_id = old\n{before}", TestContext.Current.CancellationToken);

        Assert.Equal(0, (await RunAsync(sidecar, "reports --format credentials-file --out", file)).Code);

        Assert.EndsWith(kept, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_keys_of_the_profile_are_replaced_however_they_are_written()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var file = Path.Combine(_directory, "credentials");
        await File.WriteAllTextAsync(file, "[reports]\naws_access_key_id: old\naws_security_token = old\nregion = eu-west-1\n",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_directory, ".credentials.0a146d47"), "left", TestContext.Current.CancellationToken);

        Assert.Equal(0, (await RunAsync(sidecar, "reports --format credentials-file --out", file)).Code);

        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("old", text, StringComparison.Ordinal);
        Assert.EndsWith("region = eu-west-1\n", text, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Runs_at_the_same_time_lose_no_profile()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var file = Path.Combine(_directory, "credentials");
        string[] names = ["a", "b", "c", "d", "e", "f"];

        var runs = await Task.WhenAll(names.Select(
            name => RunAsync(sidecar, $"reports --format credentials-file --profile {name} --out", file)));

        Assert.All(runs, run => Assert.Equal((0, ""), (run.Code, run.Output)));
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.All(names, name => Assert.Contains($"[{name}]\n", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AK\\n[default]\\ncredential_process = /tmp/evil")]
    [InlineData("A'; touch /tmp/x; '")]
    [InlineData("\\ud800")]
    public async Task A_value_that_would_break_out_of_a_file_or_a_shell_is_not_printed(string key)
    {
        await using var rogue = RawServer.Http(
            200, $$"""{"AccessKeyId":"{{key}}","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z"}""");

        foreach (var format in (string[])["json", "process", "env", "credentials-file"])
        {
            var (code, output, error) = await RunAsync(rogue.Uri.Port, $"reports --format {format}");

            Assert.Equal((69, ""), (code, output));
            Assert.DoesNotContain("evil", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("report", 64, "400 InvalidIdInRequest")]
    [InlineData("reports --client web", 64, "The configuration has no client \"web\". Clients: default.")]
    [InlineData("REPORTS", 64, "the destination is \"REPORTS\"; expected 1 to 64 of a-z")]
    [InlineData("reports --out /tmp/x", 64, "--out \"/tmp/x\" needs --format credentials-file.")]
    [InlineData("reports --format credentials-file --profile a]b", 64, "--profile is \"a]b\"; expected 1 to 64 of")]
    [InlineData("reports --format credentials-file --out /proc/none/x", 64, "--out /proc/none/x cannot be written: ")]
    public async Task What_does_not_fit_is_one_sentence(string words, int expected, string sentence)
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var (code, output, error) = await RunAsync(sidecar, words);

        Assert.Equal((expected, ""), (code, output));
        Assert.StartsWith("credential-sidecar: ", error, StringComparison.Ordinal);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_sidecar_without_a_session_ends_it_with_1_and_its_words()
    {
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.FailWhen = _ => ScriptedSts.Denied());
        await sidecar.SettleAsync();
        var (code, output, error) = await RunAsync(sidecar, "reports");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("403 AccessDenied: STS does not allow it.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "{\"hello\":1}", 69, "answered 200 without credentials, so it is not a sidecar.")]
    [InlineData(500, "<html>\u001b[31m", 1, "500 <html>\\u001B[31m")]
    public async Task Another_program_on_the_port_is_not_believed(int status, string body, int expected, string sentence)
    {
        await using var other = RawServer.Http(status, body);
        var (code, output, error) = await RunAsync(other.Uri.Port, "reports");

        Assert.Equal((expected, ""), (code, output));
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_sidecar_is_said_with_69()
    {
        var (code, _, error) = await RunAsync(2, "reports");

        Assert.Equal(69, code);
        Assert.Contains("no session from http://127.0.0.1:2/v1/credentials/reports: no program listens "
            + "there.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_is_that_of_the_client_which_may_read_the_destination()
    {
        var seen = new List<string>();
        await using var server = RawServer.Custom((head, stream, stop) =>
        {
            seen.Add(head);
            return stream.WriteAsync("HTTP/1.1 503 X\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(), stop).AsTask();
        });
        await File.WriteAllTextAsync(Path.Combine(_directory, "token"), "batchtoken0123456789abcdef",
            TestContext.Current.CancellationToken);
        (string, string?)[] clients =
        [
            ("SIDECAR_TOKEN", null),
            ("SIDECAR_Access__Clients__alpha__Token", "alphatoken0123456789abcdef012345"),
            ("SIDECAR_Access__Clients__alpha__Destinations__0", "other"),
            ("SIDECAR_Access__Clients__batch__SharedDirectory", _directory),
            ("SIDECAR_Access__Clients__batch__Destinations__0", "reports"),
            .. Settings.Destination("other", Settings.ReportsRole),
        ];

        await RunAsync(server.Uri.Port, "reports", clients);
        await RunAsync(server.Uri.Port, "other", clients);
        await RunAsync(server.Uri.Port, "reports --client alpha", clients);

        string[] tokens = ["batchtoken0123456789abcdef", "alphatoken0123456789abcdef012345", "alphatoken0123456789abcdef012345"];
        Assert.Equal(tokens, seen.Select(head => head.Split("Authorization: ")[1].Split("\r\n")[0]));
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(SidecarFixture sidecar, string words, params string[] more) =>
        RunAsync([.. words.Split(' '), .. more], [("SIDECAR_PORT", $"{sidecar.Endpoint.Port}")]);

    private static Task<(int Code, string Output, string Error)> RunAsync(int port, string words, params (string, string?)[] changes) =>
        RunAsync(words.Split(' '), [("SIDECAR_PORT", $"{port}"), .. changes]);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] words, (string, string?)[] changes)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = GetCommand.Create(new Option<string?>("--config"), () => Settings.Environment(changes));
        var code = await command.Parse(words)
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
