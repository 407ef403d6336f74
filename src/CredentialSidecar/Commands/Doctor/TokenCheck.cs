using System.Text;
using CredentialSidecar.Access;
using CredentialSidecar.Configuration;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>The token file as siblings find it.</summary>
internal static class TokenCheck
{
    private const string Check = "token";

    /// <returns>The token that the sidecar takes; null where it asks for none or none is to be found.</returns>
    public static string? Run(Examination examination, SidecarSettings settings)
    {
        if (settings.Options.SharedDirectory is not { } directory)
        {
            examination.Pass(Check, settings.Token is null ? "none is asked for" : "well-formed");
            return settings.Token;
        }

        var path = Path.Combine(directory, SharedDirectory.TokenName);

        if (!SmallFile.TryRead(path, TokenText.Longest + 2, out var bytes, out var problem))
        {
            examination.Fail(Check, $"{path} {problem}", "The sidecar puts it there when it starts; look at its log, and mount the same volume in both containers.");
            return settings.Token;
        }

        var token = Encoding.Latin1.GetString(bytes);
        var findings = new Findings();
        TokenText.Check(token, path, fromFile: true, findings);

        if (findings.Mistakes is [var mistake, ..])
        {
            examination.Fail(Check, mistake.ToString(), "Remove the file and restart the sidecar, which writes a new one.");
        }
        else if (settings.Token is not null && settings.Token != token)
        {
            examination.Fail(Check, $"{path} holds another token than the configured one", "Restart the sidecar, which writes the configured one there.");
        }
        else
        {
            examination.Pass(Check, $"{path} is well-formed");
        }

        return settings.Token ?? token;
    }
}
