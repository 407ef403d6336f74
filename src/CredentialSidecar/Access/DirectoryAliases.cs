using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Access;

/// <summary>Finds two clients that would share one directory, and so each other's token.</summary>
internal static class DirectoryAliases
{
    /// <exception cref="ConfigurationMistakesException">Two clients have the same directory, perhaps by a link.</exception>
    public static void Refuse(IEnumerable<ClientSettings> clients, Func<string, string> nameOf)
    {
        ConfigurationMistakesException.ThrowIfAny(
        [
            .. from same in clients.Where(client => client.Directory is not null).GroupBy(client => Target(client.Directory!))
               from second in same.Skip(1)
               select new Mistake(nameOf(SharedDirectory.KeyOf(second)), $"is '{second.Directory}', which is also the directory of client "
                   + $"'{same.First().Name}'; a container that mounts it would have both tokens"),
        ]);
    }

    private static string Target(string directory)
    {
        try
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(
                Directory.ResolveLinkTarget(directory, returnFinalTarget: true)?.FullName ?? directory));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return directory;
        }
    }
}
