using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Shared;

namespace CredentialSidecar.Generating;

/// <summary>The variables of a container that starts without the launcher.</summary>
internal static class ClientVariables
{
    /// <exception cref="InputException">The destination does not exist, or no client may read it.</exception>
    public static string Of(SidecarSettings settings, string? destination, IReadOnlyDictionary<string, string> clients)
    {
        string[] names = [.. settings.Destinations.Select(one => one.Name)];
        var name = destination ?? (names is [var only] ? only
            : throw new InputException($"Add --destination NAME. The configuration has {string.Join(", ", names)}."));

        if (!names.Contains(name, StringComparer.Ordinal))
        {
            var question = Nearest.Question(name, names);
            throw new InputException(
                $"--destination: The configuration has no destination {Shown.Quoted(name)}{(question.Length > 0 ? question : ".")}");
        }

        var directory = new SharedVolumes(settings, clients).Of("", name);
        return $"""
            # Unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI before your program starts: ECS sets it, and SDKs prefer it.
            # Mount the volume {directory.Volume} at {directory.Path}, read-only.
            {FixedNames.FullUriVariable}=http://127.0.0.1:{settings.Listen.Port}{FixedNames.CredentialsPath}/{name}
            {FixedNames.TokenFileVariable}={directory.Path}/{FixedNames.TokenFile}
            NO_PROXY=127.0.0.1,localhost

            """.ReplaceLineEndings("\n");
    }
}
