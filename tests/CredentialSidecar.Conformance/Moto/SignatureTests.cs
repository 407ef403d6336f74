using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Moto;

/// <summary>With a server that checks signatures and policies: what is served is right to the last character, and no more.</summary>
public sealed class SignatureTests : IAsyncLifetime
{
    private MotoServer? _moto;
    private EmulatorProcess? _agent;
    private JsonNode? _user;

    public async ValueTask InitializeAsync()
    {
        await Installed.Boto3Async();
        _moto = await MotoServer.StartAsync();
        _agent = await EmulatorProcess.StartAsync();
        var address = _moto.Address.GetLeftPart(UriPartial.Authority);
        var laid = await Boto3.RunAsync("Moto/moto_accounts.py", CleanEnvironment.With(), address);
        Assert.True(laid.Code == 0, laid.ToString());
        _user = JsonNode.Parse(laid.Output);
    }

    public async ValueTask DisposeAsync()
    {
        await (_agent?.DisposeAsync() ?? default);
        await (_moto?.DisposeAsync() ?? default);
    }

    [Fact]
    public async Task Two_hops_into_another_account_give_what_its_role_may_and_no_more()
    {
        await using var sidecar = await StartAsync(_user!["SecretAccessKey"]!.GetValue<string>());
        await sidecar.ReadyAsync();

        var ended = await Boto3.RunAsync("Clients/boto3_bucket.py", Sibling(sidecar), "ledger", "hello");

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Equal("""{"Read":"hello","Keys":["greeting"],"Deleted":"AccessDenied"}""", JsonNode.Parse(ended.Output)!.ToJsonString());
    }

    [Fact]
    public async Task A_wrong_secret_is_noticed_by_this_server_and_told_apart_from_a_denial()
    {
        await using var sidecar = await StartAsync("wrong" + _user!["SecretAccessKey"]!.GetValue<string>());
        var (status, code, message) = (0, "", "");

        await Eventually.HoldsAsync(
            async () =>
            {
                (status, var body) = await sidecar.GetAsync("default");
                (code, message) = (body["code"]!.GetValue<string>(), body["message"]!.GetValue<string>());
                return message.Contains("Next try", StringComparison.Ordinal);
            },
            () => $"no attempt has failed: {message}");

        Assert.Equal((503, "CredentialsUnavailable"), (status, code));
        Assert.Contains("did not accept the credentials that signed the call (SignatureDoesNotMatch)", message, StringComparison.Ordinal);
    }

    private async Task<SidecarProcess> StartAsync(string secret)
    {
        var sidecar = await SidecarProcess.StartAsync(_agent!,
            ("SIDECAR_Source__Kind", "Default"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null),
            ("SIDECAR_SOURCE_ENDPOINT", null),
            ("AWS_ACCESS_KEY_ID", _user!["AccessKeyId"]!.GetValue<string>()),
            ("AWS_SECRET_ACCESS_KEY", secret),
            ("AWS_ENDPOINT_URL_STS", _moto!.Address.AbsoluteUri),
            ("SIDECAR_ROLE_ARN", "arn:aws:iam::123456789012:role/hub,arn:aws:iam::555566667777:role/spoke"));
        sidecar.Hide([secret]);
        return sidecar;
    }

    private Dictionary<string, string?> Sibling(SidecarProcess sidecar) => TaskFixture.SiblingOf(sidecar, "default", _moto!.Address);
}
