using System.Collections.Immutable;
using System.Net;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>Where credentials are served.</summary>
/// <param name="Port">0 lets the system choose one.</param>
/// <param name="Addresses">Empty means 127.0.0.1, and ::1 where there is one.</param>
/// <param name="Sockets">Unix sockets, at most one in each shared directory.</param>
/// <param name="LocalEndpoints">Answer the paths of amazon-ecs-local-container-endpoints too.</param>
/// <param name="Tls">Null if the sidecar does not serve TLS.</param>
internal sealed record ListenSettings(
    int Port, ImmutableArray<IPAddress> Addresses, ImmutableArray<SocketSettings> Sockets, bool LocalEndpoints, TlsSettings? Tls);

/// <summary>A Unix socket that serves credentials.</summary>
/// <param name="Key">The setting that its directory comes from.</param>
internal sealed record SocketSettings(string Path, string Key);

/// <summary>Where probes are served.</summary>
/// <param name="Port">0 lets the system choose one.</param>
/// <param name="Address">Beside 127.0.0.1, or that one.</param>
/// <param name="NoClientAfter">The sidecar warns if no sibling has asked this long after it became ready; zero never warns.</param>
internal sealed record HealthSettings(int Port, IPAddress Address, TimeSpan NoClientAfter);
