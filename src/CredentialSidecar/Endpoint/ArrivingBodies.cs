using CredentialSidecar.Access;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Reads small request bodies completely before they take one of the few connections to the agent.</summary>
/// <remarks>
/// A body that arrives with its request passes at once. If too many bodies arrive slowly, a new one replaces the oldest.
/// The containers of a task share one address, so only the pace distinguishes a slow client from the others.
/// </remarks>
/// <param name="most">How many bodies may arrive at the same time.</param>
internal sealed class ArrivingBodies(int most)
{
    /// <summary>Many times what task protection needs.</summary>
    public const int Largest = 64 * 1024;

    // A rejected body is still read up to here; otherwise the client sees a reset connection instead of the answer.
    private const int LargestToRefuse = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<CancellationTokenSource> _arriving = new();

    /// <exception cref="RejectedException">The body is too large, or arrived too slowly.</exception>
    public async Task ReadAsync(HttpContext http)
    {
        var limit = http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();

        if (http.Request.ContentLength is > Largest and var length)
        {
            limit.MaxRequestBodySize = LargestToRefuse;
            throw new RejectedException(RejectionReason.RequestTooLarge,
                $"The body has {length} bytes. The sidecar forwards at most {Largest} bytes to the ECS agent.");
        }

        limit.MaxRequestBodySize = Largest;
        using var displaced = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(displaced.Token, http.RequestAborted);
        var body = new MemoryStream();
        Enter(displaced);

        try
        {
            await http.Request.Body.CopyToAsync(body, either.Token);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            throw new RejectedException(RejectionReason.AskedTooOften,
                "The body arrived too slowly while other requests waited. Send the body together with the request.");
        }
        finally
        {
            Leave(displaced);
        }

        body.Position = 0;
        http.Request.Body = body;
    }

    private void Enter(CancellationTokenSource newcomer)
    {
        lock (_gate)
        {
            if (_arriving.Count >= most)
            {
                _ = _arriving.Dequeue().CancelAsync();
            }

            _arriving.Enqueue(newcomer);
        }
    }

    // Under the same lock, so that no token source is cancelled after its disposal.
    private void Leave(CancellationTokenSource one)
    {
        lock (_gate)
        {
            for (var i = _arriving.Count; i > 0; i--)
            {
                if (_arriving.Dequeue() is var other && other != one)
                {
                    _arriving.Enqueue(other);
                }
            }
        }
    }
}
