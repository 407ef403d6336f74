using CredentialSidecar.Emulator.Sessions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>The credentials the agent holds for the task: valid for six hours, replaced an hour before they expire.</summary>
internal sealed class TaskRole(EmulatorState state)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(6);
    private static readonly TimeSpan ReplacedBefore = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private Caller? _current;

    /// <summary>The task's id, which names its role session as it does on ECS.</summary>
    public string TaskId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Whether ECS may assume the role for this task. If not, the agent never gets credentials.</summary>
    public bool IsGiven => state.World.GivesTaskItsRole();

    public Caller Current
    {
        get
        {
            lock (_gate)
            {
                var due = _current is null
                    || _current.Expiration - state.Clock.GetUtcNow() <= ReplacedBefore
                    || _current.IamArn.Text != state.World.TaskRole;
                return due ? _current = Issue(Lifetime) : _current!;
            }
        }
    }

    /// <summary>Replaces the credentials now. Earlier credentials stay valid until they expire, as on ECS.</summary>
    public void Rotate()
    {
        lock (_gate)
        {
            _current = Issue(Lifetime);
        }
    }

    public Caller Expired() => Issue(TimeSpan.FromMinutes(-1));

    private Caller Issue(TimeSpan lifetime)
    {
        var world = state.World;
        return state.Sessions.Remember(state.Sessions.Create(Arn.Parse(world.TaskRole), TaskId, lifetime) with
        {
            Tags = world.TaskRoleTags ?? [],
        });
    }
}
