using System.Collections.Immutable;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>Whose connections to the ECS agent the sidecar answers.</summary>
/// <param name="Users">By ascending uid.</param>
/// <param name="SidecarUid">The uid that the firewall rules spare.</param>
/// <param name="Guard">Rules keep other processes from answering at the sidecar's ports.</param>
/// <param name="BlockImds">Rules keep every other uid from instance metadata.</param>
internal sealed record InterceptionSettings(ImmutableArray<InterceptedUser> Users, int SidecarUid, bool Guard, bool BlockImds);
