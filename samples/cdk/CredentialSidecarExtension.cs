using Amazon.CDK;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.IAM;
using Amazon.JSII.Runtime.Deputy;
using HealthCheck = Amazon.CDK.AWS.ECS.HealthCheck;
using Volume = Amazon.CDK.AWS.ECS.Volume;

namespace CredentialSidecar.Cdk;

/// <summary>Adds CredentialSidecar to a task definition, and your containers so that they start through its launcher.</summary>
/// <param name="image">The image of the sidecar.</param>
/// <param name="roleArns">The roles to assume, in order. The last is the role that containers get.</param>
/// <param name="externalId">The external id that the last role requires.</param>
/// <param name="logging">The log of the sidecar.</param>
public sealed class CredentialSidecarExtension(
    ContainerImage image, IReadOnlyList<string> roleArns, string? externalId = null, LogDriver? logging = null)
    : DeputyBase, ITaskDefinitionExtension
{
    private const string Name = "credential-sidecar";
    private const string Directory = "/credential-sidecar";

    private static readonly Dictionary<string, object> RestartPolicy =
        new() { ["Enabled"] = true, ["IgnoredExitCodes"] = new[] { 78 }, ["RestartAttemptPeriod"] = 60 };

    private ContainerDefinition? _sidecar;

    /// <summary>Called by <see cref="TaskDefinition.AddExtension"/>.</summary>
    public void Extend(TaskDefinition taskDefinition)
    {
        if (taskDefinition.NetworkMode is not (NetworkMode.AWS_VPC or NetworkMode.HOST))
        {
            throw new InvalidOperationException($"networkMode is {taskDefinition.NetworkMode}; expected AWS_VPC or HOST. "
                + "In other modes containers do not share 127.0.0.1, so they do not reach the sidecar.");
        }

        if (taskDefinition.Node.Children.OfType<ContainerDefinition>().Any())
        {
            throw new InvalidOperationException("The task definition has containers. Call AddExtension before AddContainer.");
        }

        // Carries the token and the launcher.
        taskDefinition.AddVolume(new Volume { Name = Name });
        taskDefinition.AddToTaskRolePolicy(new PolicyStatement(new PolicyStatementProps
        {
            Actions = ["sts:AssumeRole"],
            Resources = [roleArns[0]],
        }));

        var linux = new LinuxParameters(taskDefinition, "CredentialSidecarLinux");
        linux.DropCapabilities(Capability.ALL);
        var environment = new Dictionary<string, string>
        {
            ["SIDECAR_ROLE_ARN"] = string.Join(',', roleArns),
            ["SIDECAR_SHARED_DIR"] = Directory,
            // ECS stops the application before the sidecar, because the application depends on the sidecar.
            ["SIDECAR_DRAIN"] = "0s",
        };

        if (externalId is not null)
        {
            environment["SIDECAR_EXTERNAL_ID"] = externalId;
        }

        _sidecar = taskDefinition.AddContainer(Name, new ContainerDefinitionOptions
        {
            Image = image,
            Essential = true,
            User = "9170:9170",
            Cpu = 32,
            MemoryReservationMiB = 64,
            MemoryLimitMiB = 192,
            Environment = environment,
            ReadonlyRootFilesystem = true,
            LinuxParameters = linux,
            HealthCheck = new HealthCheck
            {
                Command = ["CMD", "/usr/local/bin/credential-launch", "--check"],
                Interval = Duration.Seconds(5),
                Timeout = Duration.Seconds(2),
                Retries = 3,
                StartPeriod = Duration.Seconds(60),
            },
            StopTimeout = Duration.Seconds(30),
            Logging = logging,
        });
        Mount(_sidecar, readOnly: false);

        // This version of the CDK has no restart policy. 78 is a wrong configuration, which a restart does not change.
        ((CfnTaskDefinition)taskDefinition.Node.DefaultChild!).AddPropertyOverride("ContainerDefinitions.0.RestartPolicy", RestartPolicy);
    }

    /// <summary>Adds a container that acts as the last role. Call it after <see cref="TaskDefinition.AddExtension"/>.</summary>
    /// <param name="options">With the image's own entry point and command, because the launcher replaces them.</param>
    public ContainerDefinition AddContainer(TaskDefinition taskDefinition, string name, ContainerDefinitionOptions options)
    {
        if (_sidecar is null)
        {
            throw new InvalidOperationException("The task definition does not have the sidecar yet. Call AddExtension first.");
        }

        if (options.EntryPoint is null || (options.EntryPoint.Length == 0 && options.Command is not { Length: > 0 }))
        {
            throw new ArgumentException($"The launcher has to run what container {name} runs, and its options do not show that. Set "
                + "EntryPoint and Command to the words of the image. If the image has no entry point, set EntryPoint = [].",
                nameof(options));
        }

        // An entry point in the definition drops the image's command, so Command holds all words of the program.
        options.Command = [.. options.EntryPoint, .. options.Command ?? []];
        options.EntryPoint = [$"{Directory}/credential-launch", "--destination", "default", "--"];
        var container = taskDefinition.AddContainer(name, options);
        container.AddContainerDependencies(
            new ContainerDependency { Container = _sidecar, Condition = ContainerDependencyCondition.HEALTHY });
        Mount(container, readOnly: true);

        // A load balancer's target is the default container: the first essential one, unless it is set.
        if (taskDefinition.DefaultContainer?.ContainerName == Name)
        {
            taskDefinition.DefaultContainer = container;
        }

        return container;
    }

    private static void Mount(ContainerDefinition container, bool readOnly) =>
        container.AddMountPoints(new MountPoint { SourceVolume = Name, ContainerPath = Directory, ReadOnly = readOnly });
}
