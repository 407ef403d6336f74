using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Tells the budget whose a connection is, and when it is at work.</summary>
internal static class Places
{
    public const string TooMany = "This client has more requests under way at once than its share of connections. Keep the SDK's client, and with it the credentials, between calls.";

    /// <summary>From here on the connection is the client's, and no stranger can take its place.</summary>
    /// <param name="client">Null has shown no token; where none is asked for, no client is known.</param>
    /// <exception cref="RejectedException">All of the client's connections are at work.</exception>
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
