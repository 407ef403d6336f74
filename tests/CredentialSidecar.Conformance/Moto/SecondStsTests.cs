using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Moto;

/// <summary>An STS that is not ours answers the sidecar, and clients use what they are given in an S3 that is not ours.</summary>
public sealed class SecondStsTests : IAsyncLifetime
{
    private const string Role = "arn:aws:iam::555566667777:role/team/data/reports";

    private MotoServer? _moto;
    private EmulatorProcess? _agent;
    private SidecarProcess? _sidecar;

    public async ValueTask InitializeAsync()
    {
        _moto = await MotoServer.StartAsync();
        _agent = await EmulatorProcess.StartAsync();
        _sidecar = await SidecarProcess.StartAsync(_agent,
            ("AWS_ENDPOINT_URL_STS", _moto.Address.AbsoluteUri),
            ("SIDECAR_ROLE_ARN", Role),
            ("SIDECAR_EXTERNAL_ID", "ext-42"),
            ("SIDECAR_SESSION_NAME", "orders-{family}"));
        await _sidecar.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await (_sidecar?.DisposeAsync() ?? default);
        }
        finally
        {
            await (_agent?.DisposeAsync() ?? default);
            await (_moto?.DisposeAsync() ?? default);
        }
    }

    [Fact]
    public async Task Boto3_keeps_an_object_in_the_other_account()
    {
        AssertIsReports(await Boto3.IdentityAsync(Sibling()));

        var bucket = JsonNode.Parse(Output(await Boto3.RunAsync("Clients/boto3_bucket.py", Sibling(), "orders", "hello")))!;
        Assert.Equal("""{"Read":"hello","Keys":["greeting"],"Deleted":"yes"}""", bucket.ToJsonString());
    }

    [Fact]
    public async Task The_CLI_keeps_an_object_in_the_other_account()
    {
        AssertIsReports(await AwsCli.IdentityAsync(Sibling()));

        var file = Path.GetTempFileName();
        var copy = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "hello", TestContext.Current.CancellationToken);
        await S3Async("create-bucket", "--create-bucket-configuration", "LocationConstraint=eu-central-1");
        await S3Async("put-object", "--key", "greeting", "--body", file);
        await S3Async("get-object", "--key", "greeting", copy);
        var listed = JsonNode.Parse(await S3Async("list-objects-v2"))!;

        Assert.Equal("hello", await File.ReadAllTextAsync(copy, TestContext.Current.CancellationToken));
        Assert.Equal("greeting", listed["Contents"]![0]!["Key"]!.GetValue<string>());
        File.Delete(file);
        File.Delete(copy);
    }

    private static string Output(ChildProcess.Ended ended)
    {
        Assert.True(ended.Code == 0, ended.ToString());
        return ended.Output;
    }

    private static void AssertIsReports(ChildProcess.Ended ended)
    {
        var identity = JsonNode.Parse(Output(ended))!;
        Assert.Equal("555566667777", identity["Account"]!.GetValue<string>());
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/", identity["Arn"]!.GetValue<string>());
        Assert.EndsWith("/orders-orders", identity["Arn"]!.GetValue<string>());
    }

    private async Task<string> S3Async(string command, params IEnumerable<string> arguments) =>
        Output(await AwsCli.RunAsync(Sibling(), _moto!.Address, ["s3api", command, "--bucket", "invoices", .. arguments]));

    private Dictionary<string, string?> Sibling() => TaskFixture.SiblingOf(_sidecar!, "default", _moto!.Address);
}
