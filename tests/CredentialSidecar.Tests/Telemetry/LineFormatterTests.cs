using System.Text;
using System.Text.Json;
using CredentialSidecar.Access;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CredentialSidecar.Tests.Telemetry;

/// <summary>What a person or a log driver reads of an event.</summary>
public sealed class LineFormatterTests
{
    private const string Name = "a-name-of-thirty-two-characters-";
    private const string Task = "arn:aws:ecs:eu-central-1:111122223333:task/" + Name + "/0123456789abcdef0123456789abcdef";

    private static readonly AuditLine Served = new(
        VirtualClock.Start, 200, "ok", Name, Name, "127.0.0.1", null, new string('x', 256), "ASIAABCDEFGHIJKLMNOP", Name,
        "f54a5de1-0000-4000-8000-000000000000", VirtualClock.Start.AddHours(1), Task);

    [Fact]
    public void A_served_line_has_at_most_600_bytes_no_empty_field_and_every_id_whole()
    {
        var line = Format(AuditSentence.Of(Served), isJson: true, EventIds.Served, "CredentialSidecar.Audit");
        Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 600);
        Assert.Equal(
            $$"""
            {"Timestamp":"2026-01-01T00:00:00.000Z","EventId":600,"LogLevel":"Information","Category":"Audit",
            "Message":"Served credentials.","State":{"Client":"{{Name}}","Destination":"{{Name}}",
            "Peer":"127.0.0.1","AccessKeyId":"ASIAABCDEFGHIJKLMNOP","RoleSessionName":"{{Name}}",
            "StsRequestId":"f54a5de1-0000-4000-8000-000000000000","Expiration":"2026-01-01T01:00:00Z",
            "TaskArn":"{{Task}}"
            """.Replace("\n", "", StringComparison.Ordinal) + "}}\n", line);
    }

    [Fact]
    public void A_line_of_text_has_date_and_zone_and_says_the_same_in_a_sentence() => Assert.Equal(
        $"2026-01-01T00:00:00Z info Audit[600] Served {Name} to {Name} at 127.0.0.1: " +
        $"access key ASIAABCDEFGHIJKLMNOP, session {Name}, STS request f54a5de1-0000-4000-8000-000000000000, " +
        "expires 2026-01-01T01:00:00Z.\n",
        Format(AuditSentence.Of(Served), isJson: false, EventIds.Served, "CredentialSidecar.Audit"));

    [Fact]
    public void A_refused_line_says_who_asked_for_what_and_why_not()
    {
        var line = new AuditLine(
            VirtualClock.Start, 403, "ForeignDestination", "web", "private", "127.0.0.1", 1000, "curl/8", null, null, null, null, null);
        Assert.Equal(
            "Refused private to web (uid 1000) at 127.0.0.1: 403 ForeignDestination (agent curl/8).",
            AuditSentence.Of(line).ToString());
        var unknown = AuditLine.Of(VirtualClock.Start, 401, "Unauthorized", null, System.Net.IPAddress.Loopback, null);
        Assert.Equal(
            "Refused a request from an unknown client at 127.0.0.1: 401 Unauthorized.",
            AuditSentence.Of(unknown).ToString());
    }

    [Theory]
    [InlineData(1, "Refused 1 more request from an unknown client: Unauthorized.")]
    [InlineData(2, "Refused 2 more requests from an unknown client: Unauthorized.")]
    public void A_counting_line_agrees_in_number(int count, string sentence)
    {
        var line = AuditLine.Of(VirtualClock.Start, 0, "Unauthorized", null, null, null) with { Count = count };
        Assert.Equal(sentence, AuditSentence.Of(line).ToString());
    }

    [Fact]
    public void Quotes_and_plus_signs_are_readable_and_control_characters_escaped()
    {
        const string Said = "it's \"x\" + <é> \e[2J\u009b\u007f\n";
        var line = Format(new LogRecord(VirtualClock.Start, Said, Said, ("Said", Said)), isJson: true, 1, "Other");

        Assert.Contains("it's \\\"x\\\" + <é> \\u001B[2J\\u009B\\u007F\\n", line, StringComparison.Ordinal);
        Assert.Equal(Said, JsonDocument.Parse(line).RootElement.GetProperty("State").GetProperty("Said").GetString());
        Assert.Equal(1, line.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("a\e[2Jb\r\nc\td\u007fe\u009bf", "a\\u001B[2Jb c\\u0009d\\u007Fe\\u009Bf")]
    [InlineData("a\u2028b\u2029c\u0085d\re", "a\\u2028b\\u2029c\\u0085d\\u000De")]
    [InlineData("a\u202eb\u2066c\u200fd\u061ce\ufefff", "a\\u202Eb\\u2066c\\u200Fd\\u061Ce\\uFEFFf")]
    [InlineData("a\udb40\udc41b", "a\\uE0041b")]
    [InlineData("it's \"x\" + <é> \ud83d\ude00", "it's \"x\" + <é> \ud83d\ude00")]
    public void A_line_of_text_holds_nothing_that_a_terminal_would_obey(string said, string shown) =>
        Assert.Equal(
            $"2026-01-01T00:00:00Z info Other[1] {shown}\n",
            Format(new LogRecord(VirtualClock.Start, said, said), isJson: false, 1, "Other"));

    [Fact]
    public void The_template_is_not_repeated()
    {
        var output = new StringWriter();
        IReadOnlyList<KeyValuePair<string, object?>> state =
        [
            KeyValuePair.Create<string, object?>("Peer", null),
            KeyValuePair.Create<string, object?>("Count", 2),
            KeyValuePair.Create<string, object?>("{OriginalFormat}", "Seen {Count} of {Peer}."),
        ];
        var entry = new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(LogLevel.Warning, "C", 7, state, null, (_, _) => "Seen 2.");
        new LineFormatter(new LineFormat(true, false, new VirtualClock())).Write(entry, null, output);
        var expected = """
            {"Timestamp":"2026-01-01T00:00:00.000Z","EventId":7,"LogLevel":"Warning","Category":"C",
            "Message":"Seen 2.","State":{"Count":2}}
            """;
        Assert.Equal(expected.Replace("\n", "", StringComparison.Ordinal) + "\n", output.ToString());
    }

    private static string Format(LogRecord record, bool isJson, int id, string category)
    {
        var output = new StringWriter();
        var entry = new LogEntry<LogRecord>(LogLevel.Information, category, id, record, null, (state, _) => state.ToString());
        new LineFormatter(new LineFormat(isJson, false, new VirtualClock())).Write(entry, null, output);
        return output.ToString();
    }
}
