using CredentialSidecar.Access;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Reads small bodies to their end before they take one of few ways to the agent.</summary>
/// <remarks>
/// A body that comes with its request passes at once. Where too many come slowly, the one that began first makes room for a newcomer:
/// containers of a task have one address, so nothing but the pace tells a slow client from the others.
/// </remarks>
/// <param name="most">How many may be arriving at once.</param>
internal sealed class ArrivingBodies(int most)
{
    /// <summary>Many times what task protection needs.</summary>
    public const int Largest = 64 * 1024;

    // What is refused is still read up to here, or the client would see a reset connection instead of the answer.
    private const int LargestToRefuse = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<CancellationTokenSource> _arriving = new();

    /// <exception cref="RejectedException">The body is too large, or came too slowly.</exception>
    public async Task ReadAsync(HttpContext http)
    {
        var limit = http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();

        if (http.Request.ContentLength is > Largest and var length)
        {
            limit.MaxRequestBodySize = LargestToRefuse;
            throw new RejectedException(RejectionReason.RequestTooLarge, $"The body has {length} bytes; at most {Largest} are passed on to the ECS agent.");
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
            throw new RejectedException(RejectionReason.AskedTooOften, "The body came too slowly while other requests waited. Send it together with the request.");
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

    // Under the same lock, so that none is cancelled after it was disposed.
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
