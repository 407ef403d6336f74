using System.Net;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>The directory that siblings mount, and the doctor, with the program as it is.</summary>
public sealed class SharedDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shared-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(15, true)]
    [InlineData(9, false)]
    public async Task R12_A_generated_token_opens_the_sidecar_and_outlives_an_orderly_end_alone(int signal, bool isKept)
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        var first = await AskAsync(emulator, signal);
        var second = await AskAsync(emulator, signal);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, second.Status));
        Assert.Equal(isKept, first.Token == second.Token);
        Assert.Equal(64, first.Token.Length);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_ends_the_start_with_one_line()
    {
        var ended = await Programs.SidecarAsync([],
        [
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_SHARED_DIR", "/sys"), ("AWS_REGION", "eu-central-1"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/none"), ("SIDECAR_PORT", "0"), ("SIDECAR_HEALTH_PORT", "0"),
        ]);

        Assert.Equal((78, ""), (ended.Code, ended.Output));
        Assert.Contains("SIDECAR_SHARED_DIR is '/sys', which uid ", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(2, ended.Errors.Trim().Split('\n').Length);
    }

    [Fact]
    public async Task The_doctor_finds_the_denied_hop_and_ends_with_1()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        var ended = await Programs.SidecarAsync(["doctor"],
        [
            ("SIDECAR_ROLE_ARN", DefaultWorld.Denied), ("SIDECAR_TOKEN", new string('t', 40)), ("AWS_REGION", "eu-central-1"),
            ("SIDECAR_SOURCE_ENDPOINT", emulator.Agent.GetLeftPart(UriPartial.Authority)),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri),
            ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri), ("ECS_CONTAINER_METADATA_URI_V4", emulator.Metadata.AbsoluteUri),
        ]);

        Assert.Equal((1, ""), (ended.Code, ended.Errors));
        Assert.Contains("\npass  source ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("\nfail  default, hop 1 ", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('t', 8), ended.Output, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Token)> AskAsync(EmulatorProcess emulator, int signal)
    {
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
        [
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", _directory), ("SIDECAR_DRAIN", "0s"),
        ]);
        await sidecar.ReadyAsync();

        var token = await File.ReadAllTextAsync(Path.Combine(_directory, "token"));
        sidecar.Hide([token]);
        using var sibling = new HttpClient();
        sibling.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        using var answer = await sibling.GetAsync(new Uri(sidecar.Endpoint, "v1/credentials"));
        sidecar.Signal(signal);
        await sidecar.ExitAsync();
        return (answer.StatusCode, token);
    }
}
