using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>What an SDK reads on failure (contract R8, R9, R10, R18).</summary>
internal sealed class ContractError
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ContractError(int status, string code, string message, string? kind = null)
    {
        (Status, Code, Message, Kind, Cause) = (status, code, message, kind ?? code, message);
        Body = Serialize(status, code, message);
    }

    public int Status { get; }

    public string Code { get; }

    public string Message { get; }

    /// <summary>The name in the audit and the metrics; one of a closed set.</summary>
    public string Kind { get; }

    /// <summary>The message without parts that change every second.</summary>
    public string Cause { get; private init; }

    /// <summary>
    /// Whether the wall, the token check or the throttle rejected the request. Otherwise the sidecar, STS or the source failed.
    /// </summary>
    public bool IsRejection { get; private init; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <returns>Null if the exception is neither.</returns>
    public static ContractError? Of(Exception e) => e switch
    {
        CredentialException failed => Of(failed),
        RejectedException rejected => Of(rejected),
        _ => null,
    };

    /// <summary>The only place that maps a failure to the contract.</summary>
    /// <remarks>
    /// 404 only for an unknown path (Java v2 drops its body), no 429 (Java v2 and Rust do not retry it), and no code
    /// that an SDK takes for throttling or expiry (Go retries those for ten seconds). 503 is what every SDK retries.
    /// </remarks>
    public static ContractError Of(CredentialException e)
    {
        var (status, code) = e.Failure switch
        {
            CredentialFailure.Denied => (403, "AccessDenied"),
            CredentialFailure.InvalidHop => (403, "InvalidRoleConfiguration"),
            CredentialFailure.NotReady => (503, "CredentialsUninitialized"),
            CredentialFailure.SourceUnavailable or CredentialFailure.SourceRefused => (503, "SourceUnavailable"),
            CredentialFailure.SignerRejected or CredentialFailure.StsUnavailable or CredentialFailure.Throttled =>
                (503, "CredentialsUnavailable"),
            _ => (500, "InternalServerError"),
        };

        // The message of a remembered failure counts the seconds to the next try; its cause stays the same.
        return new(status, code, e.Message, e.Failure.ToString())
        {
            Cause = e.InnerException is CredentialException first ? first.Message : e.Message,
        };
    }

    /// <summary>The only place that maps a rejection to the contract.</summary>
    public static ContractError Of(RejectedException e)
    {
        var (status, code) = e.Reason switch
        {
            RejectionReason.Unauthorized => (401, "Unauthorized"),
            RejectionReason.UnknownDestination => (400, "InvalidIdInRequest"),
            RejectionReason.UnknownPath => (404, "NotFound"),
            RejectionReason.WrongMethod => (405, "MethodNotAllowed"),
            RejectionReason.WrongUser => (403, "UserNotAllowed"),
            RejectionReason.ForeignDestination => (403, "DestinationNotAllowed"),
            RejectionReason.RequestNotAllowed => (403, "RequestNotAllowed"),
            RejectionReason.RequestTooLarge => (413, "RequestTooLarge"),
            RejectionReason.AskedTooOften => (503, "AskedTooOften"),
            _ => (403, "NotIntercepted"),
        };

        return new(status, code, e.Message, e.Reason.ToString()) { IsRejection = true };
    }

    /// <summary>An answer that Kestrel sends by itself, with a body that SDKs can read.</summary>
    public static ContractError Of(int status) => status switch
    {
        413 => new(status, "RequestTooLarge",
            $"The body is too large. The sidecar forwards at most {ArrivingBodies.Largest} bytes to the ECS agent."),
        < 500 => new(status, "InvalidRequest", "The request is malformed or larger than any SDK sends."),
        _ => new(status, "InternalServerError", "The sidecar had an internal error. See its log."),
    };

    private static ReadOnlyMemory<byte> Serialize(int status, string code, string message)
    {
        // Utf8JsonWriter reserves three bytes per character for the second message.
        var buffer = new ArrayBufferWriter<byte>(512 + (4 * message.Length));

        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            // Most SDKs read the lower-case names. They come first, because PHP shows only the first 120 bytes.
            json.WriteStartObject();
            json.WriteString("code"u8, code);
            json.WriteString("message"u8, message);
            json.WriteNumber("HTTPErrorCode"u8, status);

            // The JavaScript SDK reads these two.
            json.WriteString("Code"u8, code);
            json.WriteString("Message"u8, message);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory.ToArray();
    }
}
