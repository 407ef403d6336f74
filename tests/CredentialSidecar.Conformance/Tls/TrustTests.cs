using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Tls;

/// <summary>Each client over TLS: it trusts the sidecar's authority by what docs/tls.md tells, and not without it.</summary>
public sealed class TrustTests(TlsTask task) : IClassFixture<TlsTask>
{
    public static TheoryData<string> EveryClient => RingTests.ClientsOfFullUri;

    [Theory, MemberData(nameof(EveryClient))]
    public async Task A_client_trusts_the_authority_by_what_the_document_tells(string id)
    {
        var trust = Trust.All.Single(row => row.Id == id);
        var before = trust.Replaced is null ? [] : await ReplacingAsync(trust.Replaced);

        var run = await RunAsync(id, before, trust.In(task.Folder));
        Assert.True(run is { Error: null, Callers: [var caller] } && IsReports(caller), RingTests.Describe(run));
    }

    // One of each kind of trust store, because each tries for seconds. The CRT for Node still tries after a minute.
    [Theory]
    [InlineData("boto3")]
    [InlineData("js3")]
    [InlineData("net4")]
    [InlineData("gov2")]
    [InlineData("java2")]
    [InlineData("lancedb")]
    public async Task A_client_that_was_told_nothing_does_not_trust_it(string id)
    {
        var run = await RunAsync(id, []);
        Assert.NotNull(run.Error);
        Assert.Empty(run.Callers);
    }

    /// <summary>Variables that one might expect to help, and that the document says do not.</summary>
    [Theory]
    [InlineData("boto3", "AWS_CA_BUNDLE")]
    [InlineData("boto3", "REQUESTS_CA_BUNDLE")]
    [InlineData("boto3", "SSL_CERT_FILE")]
    [InlineData("boto3", "CURL_CA_BUNDLE")]
    [InlineData("awscli1", "AWS_CA_BUNDLE")]
    [InlineData("gov2", "AWS_CA_BUNDLE")]
    [InlineData("crtpy", "AWS_CA_BUNDLE")]
    [InlineData("js3", "SSL_CERT_FILE")]
    public async Task A_variable_does_not_help(string id, string variable)
    {
        var run = await RunAsync(id, [], (variable, Path.Combine(task.Folder, "ca-bundle.pem")));
        Assert.Empty(run.Callers);
    }

    [Fact]
    public void The_document_has_each_row()
    {
        var page = File.ReadAllText(Repository.File("docs", "tls.md"));
        Assert.All(Trust.All, row => Assert.Contains($"\n| {row.Id} | {Cell(row)} |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_client_of_the_ring_has_a_row() =>
        Assert.Empty(EveryClient.Select(row => row.Data).Except(Trust.All.Select(row => row.Id)));

    private static string Cell(Trust row) => row.Replaced is [_, .., "/etc/ssl/certs/ca-certificates.crt"]
        ? "`ca-bundle.pem` in place of `/etc/ssl/certs/ca-certificates.crt`"
        : row.Replaced is not null ? "`ca-bundle.pem` in place of certifi's `cacert.pem`"
        : string.Join(' ', row.Variables.Select(one => $"`{one.Name}={one.Value}`"));

    private async Task<ClientRun> RunAsync(string id, string[] before, params IEnumerable<(string Name, string? Value)> changes)
    {
        var sibling = TlsTask.Sibling(task.Sidecar, task.Endpoint, task.Emulator.Sts,
            [("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Path.Combine(task.Folder, "token")), .. changes]);
        return await RingTests.RunAsync(Catalogue.Find(id), 1, sibling, task.Emulator.Sts, before);
    }

    // A client without STS tells the access key id.
    private static bool IsReports(string caller) =>
        caller.Contains(":assumed-role/reports/", StringComparison.Ordinal) || caller.StartsWith("ASIA", StringComparison.Ordinal);

    private async Task<string[]> ReplacingAsync(string[] command)
    {
        await Installed.CommandAsync("replacing a file takes root and unshare of util-linux", "unshare", "--mount", "true");
        var ended = await ChildProcess.RunAsync(command[0], command[1..], CleanEnvironment.With());
        var bundle = Path.Combine(task.Folder, "ca-bundle.pem");
        return ["unshare", "--mount", "sh", "-c", $"mount --bind {bundle} {ended.Output.Trim()} && exec \"$@\"", "sh"];
    }
}
