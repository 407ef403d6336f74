using CredentialSidecar.Emulator.Calls;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Sessions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator;

/// <summary>What the listeners share. The world may be swapped at any time, as policies are in an account.</summary>
internal sealed class EmulatorState(World world, TimeProvider clock)
{
    private World _world = WorldChecks.Checked(world);

    public World World
    {
        get => Volatile.Read(ref _world);
        set => Volatile.Write(ref _world, WorldChecks.Checked(value));
    }

    public TimeProvider Clock => clock;

    public SessionStore Sessions { get; } = new(clock);

    public FaultBoard Faults { get; } = new();

    public CallLog Calls { get; } = new();

    public Caller? FindCaller(string accessKeyId) =>
        Sessions.Find(accessKeyId) ?? (World.FindUser(accessKeyId) is { } user ? AsCaller(user) : null);

    private static Caller AsCaller(User user) =>
        new(user.Arn, Arn.Parse(user.Arn), KeyMaterial.UniqueId("AIDA", user.Arn), user.AccessKeyId, user.SecretAccessKey);
}
