using System.Net;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>An STS whose sessions end after seconds: the real one gives none under fifteen minutes, longer than a test can wait.</summary>
internal sealed class BriefSts : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly TimeSpan _lifetime;
    private readonly Task _answering;

    private BriefSts(TimeSpan lifetime)
    {
        _lifetime = lifetime;
        Address = $"http://127.0.0.1:{FreePort.Find()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _answering = AnswerAsync();
    }

    public string Address { get; }

    public static BriefSts Start(TimeSpan lifetime) => new(lifetime);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _answering;
    }

    private static string Session(DateTime expiration) => $"""
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
          <AssumedRoleUser>
            <AssumedRoleId>AROAEXAMPLE:brief</AssumedRoleId>
            <Arn>arn:aws:sts::555566667777:assumed-role/{DefaultWorld.Reports.Split('/')[^1]}/brief</Arn>
          </AssumedRoleUser>
          <Credentials>
            <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
            <SecretAccessKey>brief-secret-key</SecretAccessKey>
            <SessionToken>brief-session-token</SessionToken>
            <Expiration>{expiration:yyyy-MM-ddTHH:mm:ssZ}</Expiration>
          </Credentials>
        </AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>
        """;

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var http = await _listener.GetContextAsync();
                http.Response.ContentType = "text/xml";
                await using var writer = new StreamWriter(http.Response.OutputStream);
                await writer.WriteAsync(Session(DateTime.UtcNow + _lifetime));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
