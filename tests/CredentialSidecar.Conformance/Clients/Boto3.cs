using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Clients;

/// <summary>boto3, running one of the programs beside this file.</summary>
internal static class Boto3
{
    // AWS names this one for EKS Pod Identity, which hands the token over in a file.
    private static readonly Version ReadsTokenFiles = new(1, 34, 41);

    public static Task<ChildProcess.Ended> RunAsync(
        string program, IReadOnlyDictionary<string, string?> environment, params IEnumerable<string> arguments) =>
        RunAsync(program, environment, ChildProcess.Limit, arguments);

    public static async Task<ChildProcess.Ended> RunAsync(
        string program, IReadOnlyDictionary<string, string?> environment, TimeSpan limit, params IEnumerable<string> arguments)
    {
        await Installed.Boto3Async();
        return await ChildProcess.RunAsync("python3", [Programs.PathOf(program), .. arguments], environment, limit);
    }

    public static Task<ChildProcess.Ended> IdentityAsync(IReadOnlyDictionary<string, string?> environment, int calls = 1) =>
        RunAsync("Clients/boto3_identity.py", environment, $"{calls}");

    public static async Task SkipUnlessTokenFilesAreReadAsync()
    {
        var version = await Installed.Boto3Async();
        Assert.SkipUnless(version >= ReadsTokenFiles,
            $"boto3 {version} does not read AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: pip install 'boto3>={ReadsTokenFiles}'");
    }
}
