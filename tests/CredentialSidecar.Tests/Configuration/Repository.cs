namespace CredentialSidecar.Tests.Configuration;

/// <summary>The working tree these tests were built from.</summary>
internal static class Repository
{
    public static string File(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);

        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "CredentialSidecar.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine([folder?.FullName ?? throw new DirectoryNotFoundException("No CredentialSidecar.sln above the tests."), .. parts]);
    }
}
