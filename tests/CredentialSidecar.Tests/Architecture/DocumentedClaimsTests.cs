extern alias sidecar;

using CredentialSidecar.Commands;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using CredentialSidecar.Tests.Sources;
using Xunit;
using ExitCodes = sidecar::CredentialSidecar.Shared.ExitCodes;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>Claims of the pages that once promised more than the program does.</summary>
public sealed class DocumentedClaimsTests
{
    [Theory]
    [InlineData(4, 0)]
    [InlineData(6, 1)]
    public async Task Event_203_has_the_tolerance_that_its_row_names(int minutes, int events)
    {
        using var logs = new CollectedLogs();
        await using var sts = RawServer.Http(200, RoleAssumerTest.Answer(TimeSpan.FromMinutes(60 + minutes)), "text/xml");
        await RoleAssumerTest.AssumeAsync(sts.Uri, logs: logs);

        Assert.Equal(events, logs.Lines.Count(line => line.Event.Id == EventIds.ExpirationCapped));
        Assert.Contains(
            "STS returned a session that ends more than 5 minutes later than requested",
            Page("docs", "operations.md"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_does_not_try_the_shared_directory_and_both_pages_say_so()
    {
        var error = new StringWriter();

        var environment = Settings.Environment(("SIDECAR_SHARED_DIR", "/proc/xx"));
        Assert.Equal(ExitCodes.Ok, ValidateCommand.Run(environment, null, TextWriter.Null, error));
        Assert.Contains(
            "does not try whether ports are free or the shared directory can be written",
            Page("README.md"),
            StringComparison.Ordinal);
        Assert.Contains(
            "does not try whether ports are free or whether `SIDECAR_SHARED_DIR` can be written",
            Page("docs", "configuration.md"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_pages_say_when_status_does_not_answer_and_which_mistakes_come_alone()
    {
        Assert.DoesNotContain("| `/status` | always", Page("README.md"), StringComparison.Ordinal);
        Assert.Contains(
            "None of them answers while the sidecar waits for task metadata (event 200)",
            Page("docs", "operations.md"),
            StringComparison.Ordinal);
        Assert.Contains(
            "All mistakes that the variables and files show are reported at once.",
            Page("docs", "configuration.md"),
            StringComparison.Ordinal);
    }

    private static string Page(params string[] path) => File.ReadAllText(Repository.File(path));
}
