using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>A sidecar that passes task metadata on to an agent, which records what it receives.</summary>
public abstract class MetadataTest : IAsyncLifetime
{
    private protected const string Allowed = "allowed-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5";

    private protected List<string> Heads { get; } = [];

    private protected RawServer Agent { get; set; } = null!;

    private protected SidecarFixture Sidecar { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Agent = RawServer.Custom(async (head, stream, stop) =>
        {
            lock (Heads)
            {
                Heads.Add(head);
            }

            await stream.WriteAsync(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"agent\":\"spoke\"}"u8.ToArray(), stop);
        });
        Sidecar = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Sidecar.DisposeAsync();
        await Agent.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<SidecarFixture> StartAsync(params IEnumerable<(string, string?)> changes) =>
        await SidecarFixture.StartAsync(null,
        [
            ("SIDECAR_SOURCE_ENDPOINT", Agent.Uri.GetLeftPart(UriPartial.Authority)),
            ("SIDECAR_Passthrough__Metadata", "true"),
            ("SIDECAR_Access__Clients__allowed__Token", Allowed),
            ("SIDECAR_Access__Clients__allowed__Destinations__0", "reports"),
            ("SIDECAR_Passthrough__TaskRole__0", "allowed"),
            .. changes,
        ]);

    private protected Task<string> AskAsync(string request, params string[] headers) => RawHttp.AskAsync(Sidecar.Endpoint,
        $"{request} HTTP/1.1\r\nHost: 127.0.0.1\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Connection: close\r\n\r\n");
}
