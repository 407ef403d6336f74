using CredentialSidecar.Conformance.InstanceMetadata;
using CredentialSidecar.Conformance.Parts;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>One way to lead a client to the destination reports.</summary>
/// <param name="Column">Where its results are.</param>
/// <param name="Variables">What the container has, given the address of the sidecar as it is seen from there.</param>
internal sealed record Arrangement(Column Column, Func<TaskFixture, Uri, IEnumerable<(string Name, string? Value)>> Variables)
{
    public const string StaleToken = "0f9c1b7e5a3d48269e0b7c6d5a4f3e21";

    public static readonly Arrangement TokenVariable = new(
        Column.TokenVariable, (task, sidecar) => [FullUri(sidecar), Token(task.Sidecar.Token)]);

    public static readonly Arrangement TokenFile = new(
        Column.TokenFile, (task, sidecar) => [FullUri(sidecar), FileOf(task)]);

    /// <summary>As after a rotation: the environment of a process never changes.</summary>
    public static readonly Arrangement StaleVariable = new(
        Column.StaleVariable, (task, sidecar) => [FullUri(sidecar), Token(StaleToken), FileOf(task)]);

    /// <summary>As ECS leaves it in each task with a role.</summary>
    public static readonly Arrangement RelativeToo = new(
        Column.RelativeToo,
        (task, sidecar) => [FullUri(sidecar), Token(task.Sidecar.Token), FileOf(task), Relative(task)])
    { Cell = who => who == "reports" ? "the assumed role" : who };

    /// <summary>As ECS starts a container whose entry point is the launcher.</summary>
    public static readonly Arrangement Launched = new(Column.Launcher, (_, _) => [])
    {
        Cell = who => who switch
        {
            "reports" => "works",
            InstanceNode.AccessKeyId => "**the instance's role**",
            _ => who,
        },
    };

    /// <summary>A default profile that names the container as the source, in the environment that the launcher leaves.</summary>
    public static readonly Arrangement CredentialSource = new(
        Column.CredentialSource,
        (task, sidecar) =>
        [
            FullUri(sidecar), Token(task.Sidecar.Token), FileOf(task),
            ("AWS_CONFIG_FILE", Programs.PathOf("Compatibility/ecs-container.ini")),

            // Version 1 for Go and version 2 for JavaScript read no config file otherwise.
            ("AWS_SDK_LOAD_CONFIG", "1"),
            ("AWS_MAX_ATTEMPTS", "1"),

            // The AWS CLI keeps the sessions of profiles there, for all of its versions.
            ("HOME", Path.Combine(task.Home, Guid.NewGuid().ToString())),
        ])
    { Cell = who => who == "reader" ? "works" : who };

    /// <summary>Flags of the launcher, where it starts the client.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The cell for an identity, where it is not only success or failure.</summary>
    public Func<string, string> Cell { get; init; } = who => who == "reports" ? "works" : who;

    private static (string, string?) FullUri(Uri sidecar) => ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{sidecar}v1/credentials/reports");

    private static (string, string?) Token(string token) => ("AWS_CONTAINER_AUTHORIZATION_TOKEN", token);

    private static (string, string?) FileOf(TaskFixture task) => ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", task.TokenFile);

    private static (string, string?) Relative(TaskFixture task) =>
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", task.Emulator.RelativeUri);
}
