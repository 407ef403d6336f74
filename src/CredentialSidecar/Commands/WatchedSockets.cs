using System.Net;
using Microsoft.AspNetCore.Connections;

namespace CredentialSidecar.Commands;

/// <summary>
/// Ends the process when a listener cannot accept any more. Kestrel would log that once and continue without the listener.
/// </summary>
internal sealed class WatchedSockets(IConnectionListenerFactory sockets, EndProcess end) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Watched(await sockets.BindAsync(endpoint, cancellationToken), end);

    /// <param name="inner">Returns null when closed; an exception is a fault, such as out of memory.</param>
    internal sealed class Watched(IConnectionListener inner, EndProcess end) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return await inner.AcceptAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                end($"the listener of {inner.EndPoint}", fault);
                throw;
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
