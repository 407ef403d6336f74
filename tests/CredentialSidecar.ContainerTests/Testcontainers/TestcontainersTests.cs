using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;

namespace CredentialSidecar.ContainerTests.Testcontainers;

/// <summary>The images as a .NET team would use them in its own tests.</summary>
public sealed class TestcontainersTests
{
    [Fact]
    public async Task An_application_under_the_launcher_is_the_destination()
    {
        await Images.RequireAsync();
        // By itself Testcontainers waits for an hour.
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromMinutes(2));
        var cancellation = late.Token;
        await using var volume = new VolumeBuilder().WithName($"cst-{Guid.NewGuid():N}").Build();
        await volume.CreateAsync(cancellation);

        await using var emulator = new ContainerBuilder(Images.Emulator)
            .WithCommand(EmulatedTask.EmulatorWords)
            .WithWaitStrategy(Wait.ForUnixContainer().UntilMessageIsLogged("relativeUri"))
            .Build();
        await emulator.StartAsync(cancellation);

        await using var sidecar = new ContainerBuilder(Images.Sidecar)
            .WithEnvironment("SIDECAR_ROLE_ARN", "arn:aws:iam::555566667777:role/reports")
            .WithEnvironment("SIDECAR_EXTERNAL_ID", "orders-7f3a")
            .WithEnvironment("SIDECAR_SOURCE_ENDPOINT", "http://127.0.0.1:51679")
            .WithEnvironment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", EmulatedTask.AgentPath)
            .WithEnvironment("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:51680")
            .WithEnvironment("AWS_REGION", "eu-central-1")
            .WithVolumeMount(volume, "/credential-sidecar")
            .WithCreateParameterModifier(parameters =>
            {
                parameters.HostConfig!.NetworkMode = $"container:{emulator.Id}";
                parameters.HostConfig.ReadonlyRootfs = true;
                parameters.HostConfig.CapDrop = ["ALL"];
                parameters.HostConfig.SecurityOpt = ["no-new-privileges"];
            })
            .WithWaitStrategy(Wait.ForUnixContainer().UntilContainerIsHealthy())
            .Build();
        await sidecar.StartAsync(cancellation);

        await using var app = new ContainerBuilder(Images.Client)
            .WithEntrypoint("/credential-sidecar/credential-launch", "--")
            .WithCommand(EmulatedTask.Identity)
            .WithEnvironment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", EmulatedTask.AgentPath)
            .WithEnvironment("AWS_DEFAULT_REGION", "eu-central-1")

            // A build machine may be an EC2 instance, about which the launcher would warn.
            .WithEnvironment("CREDENTIAL_LAUNCH_ALLOW_IMDS", "true")
            .WithVolumeMount(volume, "/credential-sidecar", AccessMode.ReadOnly)
            .WithCreateParameterModifier(parameters => parameters.HostConfig!.NetworkMode = $"container:{emulator.Id}")
            .Build();
        await app.StartAsync(cancellation);

        // It ends by itself, which a strategy that waits for its output would take for a failure to start.
        var code = await app.GetExitCodeAsync(cancellation);
        var (output, errors) = await app.GetLogsAsync(ct: cancellation);
        Assert.True(code == 0, errors);
        var said = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Removed AWS_CONTAINER_CREDENTIALS_RELATIVE_URI from the program's environment", said, StringComparison.Ordinal);
        Assert.Contains(EmulatedTask.Destination, output, StringComparison.Ordinal);

        var asked = await sidecar.ExecAsync(["/usr/local/bin/credential-sidecar", "healthcheck", "--ready"], cancellation);
        Assert.Equal(0, asked.ExitCode);
    }
}
