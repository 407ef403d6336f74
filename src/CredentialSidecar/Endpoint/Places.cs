using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Tells the budget the client of a connection, and when the connection is busy.</summary>
internal static class Places
{
    public const string TooMany =
        "This client has more concurrent requests than its share of connections. "
        + "Reuse the SDK client between calls, which caches the credentials.";

    /// <summary>Assigns the connection to a client, so that no connection without a valid token can take its place.</summary>
    /// <param name="client">Null if no token was sent, or if none is required.</param>
    /// <exception cref="RejectedException">All of the client's connections are busy.</exception>
    public static void Claim(HttpContext http, string? client)
    {
        if (client is not null && client != Client.Anyone.Name && !TryClaim(http.Features, client))
        {
            throw new RejectedException(RejectionReason.AskedTooOften, TooMany);
        }
    }

    public static bool TryClaim(IFeatureCollection features, string client) =>
        features.Get<Guest>() is not { } guest || features.Get<ConnectionBudget>()!.Recognize(guest, client);

    public static void UsePlaces(this WebApplication app) => app.Use(async (http, next) =>
    {
        var guest = http.Features.Get<Guest>();
        guest?.Begin();

        try
        {
            await next(http);
        }
        finally
        {
            guest?.End(TimeProvider.System.GetTimestamp());
        }
    });
}
