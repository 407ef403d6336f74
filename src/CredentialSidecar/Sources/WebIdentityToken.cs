using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>A JSON web token from a file, and its claims for messages. Only STS checks the token.</summary>
/// <param name="Issuer">Without <c>https://</c>, as IAM names a provider; null if it is not fit for a policy statement.</param>
internal sealed partial record WebIdentityToken(string Text, string? Issuer, string? Audience, string? Subject, DateTimeOffset? Expiration)
{
    // A token is masked for that long, even if its own end is nearer.
    private static readonly TimeSpan Masked = TimeSpan.FromDays(1);

    /// <exception cref="CredentialException">The file has no token.</exception>
    public static WebIdentityToken Read(WebIdentitySettings settings, SecretMask mask, DateTimeOffset now)
    {
        if (!SmallFile.TryRead(settings.TokenFile, WebIdentitySettings.LargestToken, out var bytes, out var problem))
        {
            throw Unusable($"which {problem}", problem == "does not exist"
                ? "In Kubernetes, the webhook mounts the token for a service account with the annotation eks.amazonaws.com/role-arn. "
                    + $"Restart the pod if the annotation is new, or correct {settings.TokenKey}."
                : "The sidecar's user must be able to read the file: a projected token is readable for the pod's fsGroup or runAsUser.");
        }

        var text = Encoding.UTF8.GetString(bytes).Trim();

        if (text.Length == 0)
        {
            throw Unusable("which is empty", "The kubelet writes the token before the container starts. Check what else writes the file.");
        }

        mask.Add(text, now + Masked);

        // Another secret in the token's place must not be sent to STS.
        return Form().IsMatch(text) ? Parse(text)
            : throw Unusable("which does not hold a JSON web token", $"Correct {settings.TokenKey}: expected header.payload.signature.");

        CredentialException Unusable(string what, string advice) => new(CredentialFailure.SourceUnavailable,
            $"The web identity token could not be read: {settings.TokenKey} is {Shown.Quoted(settings.TokenFile)}, {what}.")
        {
            Advice = advice,
        };
    }

    // The default would print the token.
    public override string ToString() => $"a token of {Issuer ?? "an issuer"}";

    private static WebIdentityToken Parse(string text)
    {
        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(text.Split('.')[1]));
            var claims = payload.RootElement;
            return new WebIdentityToken(text,
                Plain(Of("iss"))?.Replace("https://", "", StringComparison.Ordinal), Plain(Of("aud")), Plain(Of("sub")), End("exp"));

            string? Of(string name) => !claims.TryGetProperty(name, out var value) ? null
                : value.ValueKind == JsonValueKind.String ? value.GetString()
                : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.String
                    ? value[0].GetString()
                : null;

            DateTimeOffset? End(string name) => claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
                && value.TryGetDouble(out var seconds) && seconds is > 0 and < 1e11
                    ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
                    : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return new WebIdentityToken(text, null, null, null, null);
        }
    }

    // Claims are text from outside, and are shown in a JSON statement.
    private static string? Plain(string? claim) => claim is not null && Claim().IsMatch(claim) ? claim : null;

    [GeneratedRegex(@"^[\w-]+\.[\w-]+\.[\w-]*\z", RegexOptions.ECMAScript)]
    private static partial Regex Form();

    [GeneratedRegex(@"^[\w.:/@+=,~-]{1,255}\z", RegexOptions.ECMAScript)]
    private static partial Regex Claim();
}
