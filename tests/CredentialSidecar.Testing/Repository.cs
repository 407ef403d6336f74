namespace CredentialSidecar.Testing;

/// <summary>The working tree that the tests were built from.</summary>
internal static class Repository
{
    // Not by the caller's own path: builds in CI map source paths.
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <param name="parts">From the root on; none means the root.</param>
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "CredentialSidecar.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("No CredentialSidecar.sln above the tests.");
    }
}
