using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CredentialSidecar.Emulator;

/// <summary>One web server with several ports, each with a handler of its own.</summary>
/// <remarks>The connection's listener selects the handler, so a request's content cannot select another one.</remarks>
internal static class Listeners
{
    private const int LargestBody = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(130);

    /// <summary>Starts listening and returns the addresses, in the order of the listeners.</summary>
    /// <param name="patience">How long a connection may be without a request, or with half of one.</param>
    public static async Task<(WebApplication Server, IReadOnlyList<Uri> Addresses)> StartAsync(
        IReadOnlyList<(IPAddress Address, int Port, RequestDelegate Handler)> listeners,
        CancellationToken cancellationToken,
        TimeSpan? patience = null)
    {
        // The empty builder reads no configuration, so an ASPNETCORE_ variable on a laptop changes nothing here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.KeepAliveTimeout = patience ?? Patience;
            kestrel.Limits.RequestHeadersTimeout = patience ?? Patience;
            foreach (var (address, port, handler) in listeners)
            {
                kestrel.Listen(address, port, listen => Assign(listen, handler));
            }
        });

        var server = builder.Build();
        server.Run(context => context.Features.GetRequiredFeature<Assigned>().Handler(context));
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        var addresses = server.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        return (server, [.. addresses.Select(address => new Uri(address))]);
    }

    private static void Assign(ListenOptions listen, RequestDelegate handler)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Features.Set(new Assigned(handler));
            return next(connection);
        });
    }

    private sealed record Assigned(RequestDelegate Handler);
}
