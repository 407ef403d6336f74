using CredentialSidecar.Chains;
using CredentialSidecar.Commands;
using CredentialSidecar.Testing;
using CredentialSidecar.Tests.Commands;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary><c>reload</c> and <c>renew</c> over the real control socket.</summary>
public sealed class ReloadCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("reload-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Reload_says_what_changed()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await StartAsync(file);

        file.Set("audit", "audit").Save();

        Assert.Equal((0, "Reloaded the configuration: added destination audit; 1 destination keeps its session.\n", ""),
            await RunAsync(ReloadCommand.Name));
        Assert.Equal((0, "The configuration has not changed.\n", ""), await RunAsync(ReloadCommand.Name));
    }

    [Fact]
    public async Task Reload_of_a_wrong_configuration_ends_with_78_and_names_each_mistake()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await StartAsync(file);

        file.Write("""{ "Destinations": { "reports": { "Hop": [] } } }""");
        var (code, output, error) = await RunAsync(ReloadCommand.Name);

        Assert.Equal((78, ""), (code, output));
        Assert.StartsWith("1 mistake, so the former configuration is still served:\n  Destinations:reports:Hop in ", error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renew_says_what_was_renewed_and_what_was_not()
    {
        using var file = new ReloadFile("reports", "audit");
        await using var sidecar = await StartAsync(file);

        Assert.Equal((0, "Renewed 2 destinations: audit, reports.\n", ""), await RunAsync(RenewCommand.Name));
        Assert.Equal((0, "Renewed 1 destination: audit.\n", ""), await RunAsync(RenewCommand.Name, "audit"));
        Assert.Equal((64, "", "The sidecar has no destination \"audi\"; did you mean audit? Destinations: audit, reports.\n"),
            await RunAsync(RenewCommand.Name, "audi"));

        sidecar.Sts.FailWhen = call =>
            call.Hop.Role.Name == "audit" ? new CredentialException(CredentialFailure.Denied, "STS denied it.") : null;
        var (code, _, error) = await RunAsync(RenewCommand.Name);

        Assert.Equal(1, code);
        Assert.Matches(
            @"^Renewed 1 destination: reports\.\naudit was not renewed: STS denied it\. The current session is served until .+Z\.\n$",
            error);
    }

    private Task<SidecarFixture> StartAsync(ReloadFile file) =>
        SidecarFixture.StartReloadableAsync(file.Path, ("SIDECAR_Control__Directory", _directory));

    private Task<(int Code, string Output, string Error)> RunAsync(string command, string? argument = null) =>
        ControlRun.RunAsync(command, argument, ("SIDECAR_Control__Directory", _directory));
}
