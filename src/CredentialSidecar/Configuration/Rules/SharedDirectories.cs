using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>The directories that siblings mount.</summary>
internal static class SharedDirectories
{
    /// <returns>Each directory with the setting that it comes from, without those that are not absolute paths.</returns>
    public static (string Path, string Key)[] Of(SidecarOptions options)
    {
        var clients = options.Access.Clients.OrderBy(client => client.Key, StringComparer.Ordinal)
            .Select(client => (Directory: client.Value.SharedDirectory, Key: $"Access:Clients:{client.Key}:SharedDirectory"));
        return
        [
            .. from one in clients.Prepend((Directory: options.SharedDirectory, Key: "SharedDirectory"))
               where Path.IsPathRooted(one.Directory) && !one.Directory.Contains('\0', StringComparison.Ordinal)
               select (Path.GetFullPath(one.Directory), one.Key),
        ];
    }
}
