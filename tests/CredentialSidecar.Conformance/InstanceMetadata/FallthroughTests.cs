using System.ComponentModel;
using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.InstanceMetadata;

/// <summary>Clients that do not read AWS_CONTAINER_CREDENTIALS_FULL_URI, on an instance whose metadata they can reach.</summary>
public sealed class FallthroughTests(NodeTask task) : IClassFixture<NodeTask>
{
    private const string Node = "the node", NoIdentity = "no identity";

    /// <summary>Who the client is under the launcher, and with --allow-imds.</summary>
    [Theory]
    [InlineData("ruby3168", NoIdentity, Node)]
    [InlineData("fogaws", Node, Node)]
    [InlineData("asyncaws", Node, Node)]
    [InlineData("boto2", Node, Node)]
    [InlineData("s3cmd", Node, Node)]
    [InlineData("gdal", Node, Node)]
    public async Task A_client_that_does_not_read_FULL_URI_is_never_another_identity_without_a_warning(
        string id, string underLauncher, string allowed)
    {
        await RequireAsync(id);
        var (launched, errors) = await WhoAsync(id, "--");
        var (free, silence) = await WhoAsync(id, "--allow-imds", "--");

        Assert.True(launched == underLauncher, $"{launched}: {errors}");
        Assert.Contains(WarningTests.Warning, errors, StringComparison.Ordinal);

        // Otherwise this instance metadata would prove nothing.
        Assert.True(free == allowed, $"{free}: {silence}");
        Assert.DoesNotContain(WarningTests.Warning, silence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Polars_is_the_node_where_the_launcher_has_the_token_from_a_variable_and_no_file()
    {
        var polars = Catalogue.Find("polars");
        var run = ClientRun.Of(await task.LaunchAsync(
            ["--", .. await polars.WordsAsync(1)],
            [
                .. polars.Environment, ("CREDENTIAL_LAUNCH_TOKEN_FILE", null), ("CREDENTIAL_LAUNCH_TOKEN", task.Task.Sidecar.Token),
                ("AWS_REGION", "eu-central-1"),
            ]));

        Assert.True(run.Callers is [InstanceNode.AccessKeyId], $"{run}");
        Assert.Contains(WarningTests.Warning, run.Ended.Errors, StringComparison.Ordinal);
    }

    private async Task<(string Who, string Errors)> WhoAsync(string id, params string[] flags)
    {
        task.Service.Seen.Clear();
        var service = task.Service.Uri.Authority;
        var ended = await task.LaunchAsync([.. flags, .. Words(id, "1")],
            ("S3_ENDPOINT", service),
            ("AWS_S3_ENDPOINT", service),
            ("AWS_HTTPS", "NO"),
            ("AWS_VIRTUAL_HOSTING", "FALSE"),
            ("AWS_REGION", "eu-central-1"));
        var keys = ClientRun.Of(ended).Callers.Concat(task.Service.Seen.Select(request => request.AccessKeyId)).Distinct().ToArray();
        var own = await task.AccessKeyIdAsync();
        var who = keys switch
        {
            [] => NoIdentity,
            [InstanceNode.AccessKeyId] => Node,
            [var key] when key == own => "reports",
            _ => string.Join(", ", keys),
        };
        return (who, $"{ended}");
    }

    private string[] Words(string id, string calls) => id switch
    {
        "ruby3168" or "fogaws" => ["ruby", PathOf($"{id}/client.rb"), calls],
        "asyncaws" => ["php", PathOf($"{id}/client.php"), calls],
        "boto2" => ["/usr/bin/python3", "-W", "ignore", PathOf($"{id}/client.py"), calls],
        "s3cmd" when calls == "0" => ["s3cmd", "--version"],
        "s3cmd" => ["s3cmd", "--no-ssl", "--host", task.Service.Uri.Authority, "--host-bucket", task.Service.Uri.Authority, "ls"],
        "gdal" when calls == "0" => ["gdalinfo", "--version"],
        _ => ["gdalinfo", "/vsis3/bucket/key.tif"],
    };

    private async Task RequireAsync(string id)
    {
        var words = Words(id, "0");

        try
        {
            var ended = await ChildProcess.RunAsync(words[0], words[1..], CleanEnvironment.With());
            Assert.SkipUnless(ended.Code == 0, $"{id} is not installed: .ci/install-clients {id}");
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{id} is not installed: .ci/install-clients {id}");
        }
    }

    private static string PathOf(string program) => Programs.PathOf($"Clients/Programs/{program}");
}
