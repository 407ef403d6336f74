using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>Checks the allowed peers, Host names and request rate.</summary>
/// <param name="Peers">Networks beside this host.</param>
/// <param name="Hosts">Names beside the listeners' own addresses, in any case.</param>
/// <param name="RequestsPerSecond">Of one client at one address, 100 to 100 000.</param>
internal sealed record WallSettings(ImmutableArray<IPNetwork> Peers, FrozenSet<string> Hosts, int RequestsPerSecond);

/// <summary>Where the audit is written.</summary>
/// <param name="Log">In the log.</param>
/// <param name="File">The absolute path of a file; null for none.</param>
internal sealed record AuditSettings(bool Log, string? File);
