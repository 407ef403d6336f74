using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>Programs that were compiled natively before the tests.</summary>
internal static class NativeProgram
{
    /// <param name="recipe">Of the Makefile; the folder below <c>artifacts</c> too.</param>
    /// <returns>The program's path. Skips the test where it is not there.</returns>
    public static string Path(string recipe, string program)
    {
        var path = System.IO.Path.Combine(Repository.Root, "artifacts", recipe, program);
        Assert.SkipUnless(File.Exists(path), $"{path} is not there: make {recipe}");
        return path;
    }
}
