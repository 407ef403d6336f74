using System.CommandLine;
using System.Text.Json.Nodes;
using CredentialSidecar.Commands;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary><c>credential-sidecar whoami</c> against an emulated agent and STS.</summary>
public sealed class WhoamiCommandTests : DoctorTest
{
    private static readonly (string, string?)[] Chain =
    [
        .. Settings.Destination("audit", DefaultWorld.Reports, DefaultWorld.Reader),
        ("SIDECAR_Destinations__audit__Hops__0__ExternalId", DefaultWorld.ExternalId),
    ];

    [Fact]
    public async Task The_source_and_each_hop_have_a_row()
    {
        var (code, output, error) = await WhoamiAsync([.. Reports, .. Chain]);
        var rows = output.TrimEnd('\n').Split('\n');

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(5, rows.Length);
        Assert.Matches("^DESTINATION +STEP +ACCOUNT +IDENTITY$", rows[0]);
        Assert.Matches("^- +source +111122223333  arn:aws:sts::111122223333:assumed-role/orders-task/", rows[1]);
        Assert.Matches("^audit +hop 1 +555566667777  arn:aws:sts::555566667777:assumed-role/reports/", rows[2]);
        Assert.Matches("^audit +hop 2 +555566667777  arn:aws:sts::555566667777:assumed-role/reader/", rows[3]);
        Assert.Matches("^reports +hop 1 +555566667777  arn:aws:sts::555566667777:assumed-role/reports/", rows[4]);
    }

    [Fact]
    public async Task One_destination_is_shown_as_json_without_a_secret()
    {
        var (code, output, _) = await WhoamiAsync([.. Reports, .. Chain], "reports", "--json");
        var rows = JsonNode.Parse(output)!.AsArray();

        Assert.Equal((0, 2), (code, rows.Count));
        Assert.Equal((null, "source", "111122223333"),
            ((string?)rows[0]!["destination"], (string?)rows[0]!["step"], (string?)rows[0]!["account"]));
        Assert.Equal(("reports", "hop 1", DefaultWorld.Reports),
            ((string?)rows[1]!["destination"], (string?)rows[1]!["step"], (string?)rows[1]!["role"]));
        Assert.StartsWith("ASIA", (string?)rows[1]!["accessKeyId"], StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(DefaultWorld.ExternalId, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_hop_is_shown_with_the_statement_to_add_and_1()
    {
        var (code, output, _) = await WhoamiAsync(Settings.Destination("reports", DefaultWorld.Denied));

        Assert.Equal(1, code);
        Assert.Matches("\nreports +hop 1 +- +failed: Cannot", output);
        Assert.Contains($"failed: Cannot assume {DefaultWorld.Denied} (hop 1): STS does not allow it.", output, StringComparison.Ordinal);
        Assert.Contains("  -> STS does not name the missing policy.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_an_identity_is_a_failure()
    {
        await using var other = RawServer.Http(200, "<html>hello</html>", "text/html");
        var (code, output, _) = await WhoamiAsync([.. Reports, ("AWS_ENDPOINT_URL_STS", $"http://127.0.0.1:{other.Uri.Port}")]);

        Assert.Equal(1, code);
        Assert.Matches("\n- +source +- +failed: STS in eu-central-1 did not say who the caller is: ", output);
    }

    [Fact]
    public async Task One_STS_that_does_not_answer_is_waited_for_once()
    {
        var asked = 0;
        await using var down = RawServer.Custom((_, stream, _) =>
        {
            Interlocked.Increment(ref asked);
            stream.Close();
            return Task.CompletedTask;
        });
        var many = Enumerable.Range(0, 20).SelectMany(n => Settings.Destination($"d{n}", $"arn:aws:iam::555566667777:role/r{n}"));
        var (code, output, _) = await WhoamiAsync([.. many, ("AWS_ENDPOINT_URL_STS", $"http://127.0.0.1:{down.Uri.Port}")]);

        Assert.Equal(1, code);
        Assert.Equal(19, output.Split("did not answer before").Length - 1);
        // Quick retries of two calls: the identity of the source, and the first hop.
        Assert.InRange(asked, 2, 100);
    }

    [Fact]
    public async Task A_source_that_fails_is_shown()
    {
        var (code, output, _) = await WhoamiAsync([.. Reports, ("SIDECAR_SOURCE_ENDPOINT", "http://127.0.0.1:1")]);

        Assert.Equal(1, code);
        Assert.Matches("\n- +source +- +failed: ", output);
    }

    [Fact]
    public async Task An_unknown_destination_is_said_with_the_names()
    {
        var (code, _, error) = await WhoamiAsync(Reports, "report");

        Assert.Equal(64, code);
        Assert.Equal(
            "credential-sidecar: The configuration has no destination \"report\"; did you mean reports? Destinations: reports.\n", error);
    }

    private async Task<(int Code, string Output, string Error)> WhoamiAsync(IEnumerable<(string, string?)> changes, params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var environment = Settings.Environment([.. Settings.NoReports, .. World(), .. changes]);
        var command = WhoamiCommand.Create(new Option<string?>("--config"), new Option<bool>("--json"), () => environment);
        var code = await command.Parse(words)
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
