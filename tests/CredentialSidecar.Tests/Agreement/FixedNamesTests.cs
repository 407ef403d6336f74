extern alias sidecar;

using CredentialSidecar.Access;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;
using FixedNames = sidecar::CredentialSidecar.Shared.FixedNames;

namespace CredentialSidecar.Tests.Agreement;

/// <summary>The launcher and the supervisor go by src/Shared. The sidecar's own copies of a name must not differ from it.</summary>
public sealed class FixedNamesTests
{
    [Fact]
    public void The_shared_directory_holds_what_the_launcher_looks_for() => Assert.Equal(
        (FixedNames.TokenFile, FixedNames.Launcher), (SharedDirectory.TokenName, SharedDirectory.LauncherName));

    [Fact]
    public void The_sidecar_listens_where_the_launcher_connects() => Assert.Equal(
        (FixedNames.CredentialsPort, FixedNames.HealthPort, FixedNames.SidecarUid),
        (new ListenOptions().Port, new HealthOptions().Port, new InterceptionOptions().SidecarUid));

    [Fact]
    public void The_sidecar_answers_on_the_path_that_the_launcher_requests()
    {
        var http = new DefaultHttpContext();
        http.Request.Path = FixedNames.CredentialsPath + "/reports";

        Assert.True(new CredentialsPath(false).TryRead(http, out var wanted));
        Assert.Equal("reports", wanted.Name);
    }

    // Read from the process environment, which a test cannot set for itself alone.
    [Theory]
    [InlineData(FixedNames.SupervisorVariable)]
    [InlineData(FixedNames.ListenersVariable)]
    [InlineData(FixedNames.LivenessPath)]
    [InlineData(FixedNames.ReadinessPath)]
    public void The_sidecar_has_the_name_in_its_source(string name) => Assert.Contains(
        Directory.EnumerateFiles(Repository.File("src", "CredentialSidecar"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)),
        file => File.ReadAllText(file).Contains($"\"{name}\"", StringComparison.Ordinal));
}
