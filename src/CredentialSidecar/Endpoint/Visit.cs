using CredentialSidecar.Caching;

namespace CredentialSidecar.Endpoint;

/// <summary>What has been found out of a request so far; the audit writes it down with the answer.</summary>
internal sealed class Visit
{
    /// <summary>Who asks; null until it has shown a token of ours.</summary>
    public string? Client { get; set; }

    /// <summary>What is asked for; null until it is known to be configured.</summary>
    public string? Destination { get; set; }

    public uint? Uid { get; set; }

    /// <summary>What it was answered with.</summary>
    public Session? Session { get; set; }

    public string Reason { get; set; } = "ok";

    /// <summary>Begins it, so that every answer from here on is written down.</summary>
    public static Visit Begin(HttpContext http)
    {
        var visit = new Visit();
        http.Features.Set(visit);
        return visit;
    }
}
