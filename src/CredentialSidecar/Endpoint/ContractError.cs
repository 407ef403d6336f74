using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>What an SDK reads on failure (contract R8, R9, R10, R18).</summary>
internal sealed class ContractError
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ContractError(int status, string code, string message)
    {
        (Status, Code, Message) = (status, code, message);
        Body = Serialize(status, code, message);
    }

    public int Status { get; }

    public string Code { get; }

    public string Message { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The one switch from a failure to the contract.</summary>
    /// <remarks>
    /// No 404 but for an unknown path (Java v2 drops its body), no 429 (Java v2 and Rust do not retry it), and no code
    /// that an SDK takes for throttling or expiry (Go retries those for ten seconds). 503 is what every SDK retries.
    /// </remarks>
    public static ContractError From(CredentialException e)
    {
        var (status, code) = e.Failure switch
        {
            CredentialFailure.Unauthorized => (401, "Unauthorized"),
            CredentialFailure.UnknownDestination => (400, "InvalidIdInRequest"),
            CredentialFailure.UnknownPath => (404, "NotFound"),
            CredentialFailure.WrongMethod => (405, "MethodNotAllowed"),
            CredentialFailure.ForeignDestination => (403, "DestinationNotAllowed"),
            CredentialFailure.RequestNotAllowed => (403, "RequestNotAllowed"),
            CredentialFailure.RequestTooLarge => (413, "RequestTooLarge"),
            CredentialFailure.AskedTooOften => (503, "AskedTooOften"),
            CredentialFailure.Denied => (403, "AccessDenied"),
            CredentialFailure.NotIntercepted => (403, "NotIntercepted"),
            CredentialFailure.InvalidHop => (403, "InvalidRoleConfiguration"),
            CredentialFailure.NotReady => (503, "CredentialsUninitialized"),
            CredentialFailure.SourceUnavailable or CredentialFailure.SourceRefused => (503, "SourceUnavailable"),
            CredentialFailure.SignerRejected or CredentialFailure.StsUnavailable or CredentialFailure.Throttled => (503, "CredentialsUnavailable"),
            _ => (500, "InternalServerError"),
        };

        return new ContractError(status, code, e.Message);
    }

    /// <summary>An answer that the framework gives by itself, with a body that SDKs can read.</summary>
    public static ContractError Of(int status) => status switch
    {
        413 => new(status, "RequestTooLarge", $"The body is too large: at most {ArrivingBodies.Largest} bytes are passed on to the ECS agent."),
        < 500 => new(status, "InvalidRequest", "The request is malformed or larger than any SDK sends."),
        _ => new(status, "InternalServerError", "A fault of the sidecar's own; its log tells more."),
    };

    private static ReadOnlyMemory<byte> Serialize(int status, string code, string message)
    {
        // The writer asks for three bytes a character before it writes the message the second time.
        var buffer = new ArrayBufferWriter<byte>(512 + (4 * message.Length));

        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            // Lower case is what most SDKs read, and first, because PHP shows only the first 120 bytes.
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
