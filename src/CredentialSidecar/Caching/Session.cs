using System.Buffers;
using System.Security.Cryptography;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>Writes a session as the bytes that a sibling reads, UTF-8.</summary>
/// <param name="role">Null where the source does not say.</param>
internal delegate byte[] SessionDocument(TemporaryCredentials credentials, RoleArn? role);

/// <summary>A node's session, with the bytes that every sibling will be answered, made once.</summary>
internal sealed class Session(TemporaryCredentials credentials, string? sessionName, byte[] body, DateTimeOffset renewAt)
{
    /// <summary>The CRT reads no body beyond 10 000 bytes (contract R6).</summary>
    public const int LargestBody = 9_000;

    private readonly Lock _gate = new();
    private bool _isErased;

    public TemporaryCredentials Credentials => credentials;

    /// <summary>The size of the contract's JSON, in bytes.</summary>
    public int Length => body.Length;

    /// <summary>Null for a session of the source itself, which another party named.</summary>
    public string? SessionName => sessionName;

    /// <summary>The role that the source names for its own session; null for others, whose role the hop knows.</summary>
    public RoleArn? Role { get; init; }

    /// <summary>The source still has the same session as at the read before.</summary>
    public bool IsUnchanged { get; init; }

    public DateTimeOffset RenewAt => renewAt;

    public bool IsLive(DateTimeOffset now) => now < credentials.Expiration;

    public TimeSpan Remaining(DateTimeOffset now) => IsLive(now) ? credentials.Expiration - now : TimeSpan.Zero;

    /// <summary>Copies the contract's JSON, UTF-8.</summary>
    /// <returns>False where it was erased meanwhile, since another session took its place.</returns>
    public bool TryWriteTo(IBufferWriter<byte> writer)
    {
        // Whole or not at all: a half that was erased would be an answer too.
        lock (_gate)
        {
            if (!_isErased)
            {
                // By its length: a writer that was given no size may hand over no memory at all.
                body.CopyTo(writer.GetSpan(body.Length));
                writer.Advance(body.Length);
            }

            return !_isErased;
        }
    }

    /// <summary>Overwrites the bytes in memory.</summary>
    public void Erase()
    {
        lock (_gate)
        {
            _isErased = true;
            CryptographicOperations.ZeroMemory(body);
        }
    }
}
