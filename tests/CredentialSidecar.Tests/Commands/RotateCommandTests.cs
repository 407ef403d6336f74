extern alias sidecar;

using CredentialSidecar.Commands;
using CredentialSidecar.Testing;
using Xunit;
using ExitCodes = sidecar::CredentialSidecar.Shared.ExitCodes;

namespace CredentialSidecar.Tests.Commands;

/// <summary>E4: what an operator reads after new tokens were made.</summary>
public sealed class RotateCommandTests
{
    private const string Web = "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs";

    [Fact]
    public void Clients_with_a_new_token_and_those_with_a_configured_one_are_named()
    {
        var settings = Settings.Load(
            ("SIDECAR_Access__Clients__web__Token", Web), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
            ("SIDECAR_Access__Clients__made__SharedDirectory", "/nowhere"), ("SIDECAR_Access__Clients__made__Destinations__0", "reports"));
        var reply = RotateCommand.Reply([("made", null), ("more", null)], settings);

        Assert.Equal(ExitCodes.Ok, reply.ExitCode);
        Assert.Equal(
            "These clients have new tokens: made, more. The former ones are valid for 1h.\n"
            + "These clients keep their configured tokens: default (SIDECAR_TOKEN), web (SIDECAR_Access__Clients__web__Token). "
            + "Change them there.",
            reply.Text);
    }

    [Fact]
    public void A_client_that_could_not_have_a_new_token_is_named_with_the_reason_and_the_command_fails()
    {
        var reply = RotateCommand.Reply([("made", null), ("full", "the new token cannot be written to /full")], Settings.Load());

        Assert.Equal(ExitCodes.Unavailable, reply.ExitCode);
        Assert.Equal("""
            This client has a new token: made. The former one is valid for 1h.
            Client full keeps its token: the new token cannot be written to /full.
            This client keeps its configured token: default (SIDECAR_TOKEN). Change it there.
            """, reply.Text);
    }

    [Fact]
    public void Without_tokens_there_is_nothing_to_replace()
    {
        var settings = Settings.Load(("SIDECAR_TOKEN", null), ("SIDECAR_Access__AllowAnonymous", "true"));
        Assert.Equal("No client has a token: Access:AllowAnonymous is set.", RotateCommand.Reply([], settings).Text);
    }
}
