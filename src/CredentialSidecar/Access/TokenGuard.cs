using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Access;

/// <summary>Compares what a sibling sends with the authorization token: verbatim, and in a time that tells nothing.</summary>
/// <remarks>Over hashes, so that not even the length can be measured (contract R11).</remarks>
internal sealed class TokenGuard
{
    private readonly byte[]? _expected;

    /// <param name="token">What siblings must send.</param>
    /// <param name="allowAnonymous">Whether the operator chose to serve whoever can connect; a missing token alone never means that.</param>
    public TokenGuard(string? token, bool allowAnonymous) => _expected = (token, allowAnonymous) switch
    {
        (null, true) => null,
        (not null, false) => SHA256.HashData(Encoding.UTF8.GetBytes(token)),
        _ => throw new ArgumentException("Either a token or AllowAnonymous, and not both."),
    };

    /// <param name="authorization">The header's value as it came; no scheme is taken off it.</param>
    /// <exception cref="CredentialException">It is missing or wrong.</exception>
    public void Check(string? authorization)
    {
        if (_expected is null)
        {
            return;
        }

        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization ?? ""), given);

        if (CryptographicOperations.FixedTimeEquals(given, _expected))
        {
            return;
        }

        throw new CredentialException(CredentialFailure.Unauthorized, string.IsNullOrEmpty(authorization)
            ? "No authorization token was sent. Set AWS_CONTAINER_AUTHORIZATION_TOKEN or AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE to the sidecar's."
            : "The authorization token is not the sidecar's. Compare AWS_CONTAINER_AUTHORIZATION_TOKEN(_FILE) here with SIDECAR_TOKEN(_FILE) there.");
    }
}
