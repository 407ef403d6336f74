using System.Text;
using CredentialSidecar.Access;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>Checks the tokens that siblings find.</summary>
internal static class TokenCheck
{
    private const string Check = "token";

    /// <returns>The valid tokens; empty if no token is required or none was found.</returns>
    public static IReadOnlyCollection<string> Run(Examination examination, SidecarSettings settings)
    {
        if (settings.Clients.Count == 0)
        {
            examination.Pass(Check, "not required");
        }

        return [.. settings.Clients.Select(client => Find(examination, client, settings)).OfType<string>()];
    }

    private static string? Find(Examination examination, ClientSettings client, SidecarSettings settings)
    {
        if (client.Directory is null)
        {
            examination.Pass(Check, client.Name == ClientSettings.Default ? "well-formed" : $"of client '{client.Name}': well-formed");
            return client.Token;
        }

        if (!Directory.Exists(client.Directory))
        {
            var path = client.Name == ClientSettings.Default ? "SharedDirectory" : $"{client.Path}:SharedDirectory";
            var name = ShortNames.Of(path, settings.NameOf);
            examination.Fail(Check, $"{name} is {Shown.Quoted(client.Directory)}, which does not exist in this container",
                $"Mount the volume that the sidecar shares with its siblings there, or correct {name}.");
            return client.Token;
        }

        var file = Path.Combine(client.Directory, FixedNames.TokenFile);

        if (!SmallFile.TryRead(file, TokenText.Longest + 2, out var bytes, out var problem))
        {
            examination.Fail(Check, $"{file} {problem}",
                "The sidecar writes it when it starts. Check its log, and mount the same volume in both containers.");
            return client.Token;
        }

        var token = Encoding.Latin1.GetString(bytes);
        var findings = new Findings();
        TokenText.Check(token, file, fromFile: true, settings.Access.AllowShortTokens, findings);

        if (findings.Mistakes is [var mistake, ..])
        {
            examination.Fail(Check, mistake.ToString(), "Remove the file and restart the sidecar, which writes a new one.");
        }
        else if (client.Token is not null && client.Token != token)
        {
            examination.Fail(Check, $"{file} holds another token than the configured one",
                "Restart the sidecar, which writes the configured one there.");
        }
        else
        {
            examination.Pass(Check, $"{file} is well-formed");
        }

        return client.Token ?? token;
    }
}
