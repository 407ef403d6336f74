using System.Runtime.CompilerServices;

namespace CredentialSidecar.ContainerTests.Parts;

/// <summary>The repository, which is what the images are built from.</summary>
internal static class Tree
{
    public static string Root { get; } = Find();

    private static string Find([CallerFilePath] string here = "")
    {
        var folder = File.Exists(here) ? Path.GetDirectoryName(here) : AppContext.BaseDirectory;

        while (!File.Exists(Path.Combine(folder!, "CredentialSidecar.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder!;
    }
}
