using CredentialSidecar.Caching;

namespace CredentialSidecar.Endpoint;

/// <summary>What is known about a request so far; the audit line of its answer uses it.</summary>
internal sealed class RequestState
{
    /// <summary>The client; null until the request showed a valid token.</summary>
    public string? Client { get; set; }

    /// <summary>What a credentials path names.</summary>
    public Wanted Wanted { get; private init; }

    /// <summary>The requested destination; null until it is known to be configured.</summary>
    public string? Destination { get; set; }

    public uint? Uid { get; set; }

    /// <summary>The session that was served.</summary>
    public Session? Session { get; set; }

    /// <summary>The snapshot that its token was found in; null until the token was checked.</summary>
    public Snapshot? Snapshot { get; set; }

    public string Reason { get; set; } = "ok";

    /// <summary>Attaches a record to a request, so that its answer is audited.</summary>
    public static RequestState Begin(HttpContext http, Wanted wanted)
    {
        var state = new RequestState { Wanted = wanted };
        http.Features.Set(state);
        return state;
    }
}
