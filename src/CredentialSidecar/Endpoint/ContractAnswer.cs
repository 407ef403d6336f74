using System.Buffers;
using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Endpoint;

/// <summary>Sends the contract's answers with their exact length and media type, and counts, logs and audits each request.</summary>
internal sealed class ContractAnswer(
    SidecarMetrics metrics, Throttle throttle, RejectionLedger ledger, AuditWriter audit, TimeProvider clock,
    ILogger<ContractAnswer> logger)
{
    /// <exception cref="CredentialException">No live session exists; nothing was sent.</exception>
    public async Task ServeAsync(HttpContext http, RequestState state, Destination destination)
    {
        state.Destination = destination.Name;

        do
        {
            state.Session = await destination.ReadAsync(http.RequestAborted);
            Head(http, StatusCodes.Status200OK, state.Session.Length);
        }
        while (!HttpMethods.IsHead(http.Request.Method) && !state.Session.TryWriteTo(http.Response.BodyWriter));

        Count(http, StatusCodes.Status200OK, state);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>
    /// Answers without credentials. A rejection also closes the connection, so that each one costs the client a new connection.
    /// </summary>
    /// <param name="asked">What was requested, without any text from the client.</param>
    /// <param name="kind">A general term for <paramref name="asked"/>, used for unknown clients.</param>
    public async Task RefuseAsync(HttpContext http, ContractError error, string asked, string? kind = null)
    {
        var (state, peer) = (http.Features.Get<RequestState>(), PeerAddress.Of(http));
        state?.Reason = error.Kind;
        metrics.Refused(error.Kind);

        // Every rejection of a known client is audited, as long as the client stays within its rate limit.
        var isWhole = state?.Client is not null
            && state.Client != Client.Anyone.Name
            && error.Kind != nameof(RejectionReason.AskedTooOften);
        // An unknown client that requests many things gets one line per reason, not one per thing.
        var counted = state?.Client is null ? kind ?? asked : asked;
        var isFirst = ledger.Count(peer, state?.Client, new Rejection(error.Kind, error.Code, counted, error.Cause),
            withAudit: state is not null && !isWhole);
        var isLogged = isFirst && logger.IsEnabled(LogLevel.Warning);
        Count(http, error.Status, isFirst || isWhole ? state : null, isLogged);

        if (isLogged)
        {
            Report(error, peer, state?.Client, asked, error.Message);
        }

        if (error.IsRejection)
        {
            http.Response.Headers.Connection = "close";

            if (http.Features.Get<Guest>() is not { HasWaited: true })
            {
                await throttle.DelayAsync(peer, state?.Client, http.RequestAborted);
            }
        }

        if (!http.RequestAborted.IsCancellationRequested)
        {
            await WriteAsync(http, error);
        }
    }

    public Task SendAsync(HttpContext http, ContractError error)
    {
        Count(http, error.Status, http.Features.Get<RequestState>());
        return WriteAsync(http, error);
    }

    /// <summary>Answers a request that Kestrel found malformed while reading it, and closes the connection.</summary>
    public Task SendMalformedAsync(HttpContext http, int status)
    {
        Malformed(PeerAddress.Of(http), status);
        http.Response.Headers.Connection = "close";
        return WriteAsync(http, ContractError.Of(status));
    }

    /// <summary>Audits an answer of the agent.</summary>
    public void PassedOn(HttpContext http, RequestState state) => Count(http, http.Response.StatusCode, state);

    /// <summary>Logs and audits Kestrel's answer to a malformed or oversized request, of which only the peer address is known.</summary>
    public void Malformed(IPAddress peer, int status)
    {
        var error = ContractError.Of(status);
        metrics.Answered(status);

        if (ledger.Count(peer, null, new Rejection(nameof(Malformed), error.Code, $"something malformed ({status})", error.Message),
            withAudit: true))
        {
            audit.Write(status, nameof(Malformed), client: null, peer);
        }
    }

    private static Task WriteAsync(HttpContext http, ContractError error)
    {
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            // Go v1 and JavaScript v2 sleep that long. A retry costs nothing, since the sidecar answers from memory.
            http.Response.Headers.RetryAfter = "1";
        }

        Head(http, error.Status, error.Body.Length);
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(error.Body, http.RequestAborted).AsTask();
    }

    private static void Head(HttpContext http, int status, int length)
    {
        var response = http.Response;
        response.StatusCode = status;

        // Without a charset: the Go SDK parses an error only if the type is exactly this (contract R8).
        response.ContentType = "application/json";
        response.ContentLength = length;
        response.Headers.CacheControl = "no-store";
    }

    /// <summary>Event 400, without a message template, which would show an unknown client as an empty field.</summary>
    private void Report(ContractError error, IPAddress? peer, string? client, string asked, string reason)
    {
        var at = PeerAddress.Text(peer);
        var sentence = $"Answered {error.Status} {error.Code} to {at} for {asked}: {reason}{(client is null ? "" : $" Client {client}.")}";
        var record = new LogRecord(clock.GetUtcNow(), sentence, sentence,
            ("Status", error.Status), ("Code", error.Code), ("Peer", at), ("Asked", asked), ("Reason", reason), ("Client", client));
        logger.Log(LogLevel.Warning, EventIds.Refused, record, null, static (state, _) => state.ToString());
    }

    private void Count(HttpContext http, int status, RequestState? state, bool isLogged = false)
    {
        metrics.Answered(status);

        if (state is null)
        {
            return;
        }

        var reason = status >= 500 && state.Reason == "ok" ? "Internal" : state.Reason;
        audit.Write(status, reason, state.Client, PeerAddress.Of(http), new AuditDetails
        {
            Destination = state.Destination,
            Uid = state.Uid,
            UserAgent = http.Request.Headers.UserAgent,
            Served = state.Session?.Credentials,
            SessionName = state.Session?.SessionName,
            IsLogged = isLogged,
        });
    }
}
