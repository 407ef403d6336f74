using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Hosting;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>Settings that need a restart keep their meaning until then.</summary>
public sealed class KeptSettingsTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void A_client_that_takes_the_name_of_a_trusted_one_is_refused()
    {
        var start = Trusting("web", ("web", Token));
        var renamed = Trusting("trusted", ("trusted", Token), ("web", Token + "2"));

        Assert.Equal(
            "SIDECAR_Passthrough__TaskRole needs a restart to change and still lets client 'web' read the task role, but the new "
            + "configuration gives that name to another client; keep the client as it is until the restart", Problem(start, renamed));
        Assert.Null(Problem(start, Trusting("trusted", ("trusted", Token))));
        Assert.Null(Problem(start, Trusting("other", ("web", Token), ("other", Token + "2"))));
        Assert.Null(Problem(start, Trusting("web", ("web", Token + "2"))));
    }

    [Fact]
    public void A_destination_that_changes_under_a_former_mapping_is_refused()
    {
        var start = Intercepting("reports", ("reports", "reports"), ("audit", "audit"));
        const string Kept = "SIDECAR_Interception__Uids__1000 needs a restart to change and still uses destination 'reports', which the "
            + "new configuration ";

        Assert.Equal(Kept + "changes; keep that destination as it is until the restart",
            Problem(start, Intercepting("audit", ("reports", "admin"), ("audit", "audit"))));
        Assert.Equal(Kept + "changes; keep that destination as it is until the restart",
            Problem(start, Intercepting("audit", ("reports", null), ("audit", "audit"))));
        Assert.Equal(Kept + "does not have; keep that destination until the restart",
            Problem(start, Intercepting("audit", ("audit", "audit"))));
        Assert.Null(Problem(start, Intercepting("audit", ("reports", "reports"), ("audit", "audit"))));
        Assert.Null(Problem(start, Intercepting("reports", ("reports", "admin"))));
    }

    private static string? Problem(SidecarSettings start, SidecarSettings loaded)
    {
        try
        {
            KeptSettings.Check(start, start, loaded,
                start with { Destinations = loaded.Destinations, Access = loaded.Access, NameOf = loaded.NameOf });
            return null;
        }
        catch (ConfigurationMistakesException e)
        {
            return $"{Assert.Single(e.Mistakes)}";
        }
    }

    private static SidecarSettings Trusting(string trusted, params (string Name, string Token)[] clients) => Settings.Load(
    [
        ("SIDECAR_TOKEN", null), ("SIDECAR_Passthrough__Metadata", "true"), ("SIDECAR_Passthrough__TaskRole__0", trusted),
        .. clients.SelectMany(client => new (string, string?)[]
        {
            ($"SIDECAR_Access__Clients__{client.Name}__Token", client.Token),
            ($"SIDECAR_Access__Clients__{client.Name}__Destinations__0", "reports"),
        }),
    ]);

    private static SidecarSettings Intercepting(string destination, params (string Name, string? Role)[] destinations) => Settings.Load(
    [
        .. Settings.NoReports, ("SIDECAR_Interception__Uids__1000", destination),
        .. destinations.Select(one => one.Role is null ? ($"SIDECAR_Destinations__{one.Name}__Hops", (string?)"[]")
            : ($"SIDECAR_Destinations__{one.Name}__Hops__0__RoleArn", ReloadFile.RoleOf(one.Role))),
    ]);
}
