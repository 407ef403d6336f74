using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Plan;

namespace CredentialSidecar.Launcher.Metadata;

/// <summary>Finds the task's region and whether instance metadata answers, while the launcher waits.</summary>
internal sealed class Surroundings(Variables environment, bool wantsRegion, SidecarRegion sidecar, HttpPoll poll, Action<string> warn)
{
    private const string NoRegion =
        "No region is known: AWS_REGION and AWS_DEFAULT_REGION are not set, neither task metadata nor the sidecar names a region, and " +
        "AWS_EC2_METADATA_DISABLED=true keeps the program from asking instance metadata. Set AWS_REGION and AWS_DEFAULT_REGION.";

    private readonly InstanceLook _instance = new(poll);
    private HttpExchange? _task;

    /// <summary>The region to set for the program; null to set none.</summary>
    public string? FoundRegion { get; private set; }

    public void Begin(bool looksForInstance)
    {
        if (TaskMetadata.At(environment[TaskMetadata.Variable]) is { } task && (wantsRegion || looksForInstance))
        {
            _task = poll.Add(HttpExchange.Begin(task.Host, task.Port, task.Request));
        }

        if (looksForInstance)
        {
            _instance.Begin();
        }
    }

    public void End()
    {
        if (wantsRegion)
        {
            FoundRegion = _task is not null && TaskMetadata.RegionIn(poll.Await(_task)) is { } region ? region : sidecar.Ask();

            if (FoundRegion is null)
            {
                warn(NoRegion);
            }
        }

        if (_instance.End())
        {
            var mode = _task?.Answer is { } answer ? TaskMetadata.NetworkModeIn(answer) : null;
            warn(Remedy.Warning(mode, environment["KUBERNETES_SERVICE_HOST"] is not null));
        }
    }
}
