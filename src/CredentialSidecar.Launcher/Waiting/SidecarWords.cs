using System.Globalization;

namespace CredentialSidecar.Launcher.Waiting;

/// <summary>The code and message of the sidecar's refusal.</summary>
internal static class SidecarWords
{
    /// <returns>code: message, as the body has them; the status alone where it has none.</returns>
    public static string Of(HttpAnswer answer)
    {
        var (code, message) = (JsonText.Member(answer.Body, "code"), JsonText.Member(answer.Body, "message"));

        return (code, message) switch
        {
            (null, null) => "status " + answer.Status.ToString(CultureInfo.InvariantCulture),
            (not null, not null) => code + ": " + message,
            _ => code ?? message!,
        };
    }
}
