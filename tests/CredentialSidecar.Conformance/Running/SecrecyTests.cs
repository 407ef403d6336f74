using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Conformance.Running;

/// <summary>No secret is ever printed.</summary>
/// <remarks>Every sidecar of this ring runs at Trace and is searched when it ends; this one is also provoked.</remarks>
public sealed partial class SecrecyTests
{
    [Fact]
    public void The_search_finds_a_piece_of_a_secret_as_it_stands_and_within_JSON()
    {
        string[] secrets = ["0123+5678/abcdef"];

        Assert.Empty(Leaks.In(["nothing", """{"a":"0123\u002B56"}"""], secrets));
        Assert.Single(Leaks.In(["x0123+567x"], secrets));
        Assert.Single(Leaks.In(["""{"a":["0123\u002B567"]}"""], secrets));
    }

    [Fact]
    public async Task No_secret_is_printed_whatever_goes_wrong()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var agent = Forwarder.To(emulator.Agent);
        await using var sts = Forwarder.To(emulator.Sts);

        // One attempt after the other meets one of these, before the first that succeeds.
        await emulator.AddAsync(new Fault(FaultTarget.Agent, FaultKind.Truncated, Times: 1));
        await emulator.AddAsync(new Fault(FaultTarget.Sts, FaultKind.Truncated, Times: 1));
        await emulator.AddAsync(new Fault(FaultTarget.Sts, FaultKind.Deny, Times: 1));

        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_CONFIG", TaskFixture.Destinations),
            ("SIDECAR_SOURCE_ENDPOINT", agent.Address.GetLeftPart(UriPartial.Authority)),
            ("AWS_ENDPOINT_URL_STS", sts.Address.AbsoluteUri));
        await sidecar.ReadyAsync();

        using var stranger = new HttpClient();
        var path = new Uri(sidecar.Endpoint, "v1/credentials/reports");
        foreach (var token in (string[])["", sidecar.Token[..^1], "Bearer " + sidecar.Token, sidecar.Token + "x"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", token);
            Assert.Equal(401, (int)(await stranger.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        }

        // A token in the wrong place is still a token.
        Assert.Equal(400, (await sidecar.GetAsync($"{sidecar.Token}")).Status);
        Assert.Equal(403, (await sidecar.GetAsync("denied")).Status);

        // All that STS and the agent told it, the sessions in the middle of a chain included.
        var secrets = Secret().Matches(sts.Answers + agent.Answers).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(secrets.Length >= 6, $"only {secrets.Length} secrets passed");
        sidecar.Hide(secrets);
    }

    [GeneratedRegex("""(?:<(?:SecretAccessKey|SessionToken)>|"(?:SecretAccessKey|Token)":")([A-Za-z0-9+/=]{9,})""")]
    private static partial Regex Secret();
}
