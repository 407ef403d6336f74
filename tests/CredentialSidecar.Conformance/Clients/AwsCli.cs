using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Clients;

/// <summary>The AWS CLI of either version.</summary>
internal static class AwsCli
{
    /// <param name="endpoint">Given by hand, because older versions do not read <c>AWS_ENDPOINT_URL_STS</c>.</param>
    public static async Task<ChildProcess.Ended> RunAsync(
        IReadOnlyDictionary<string, string?> environment, Uri endpoint, params IEnumerable<string> arguments)
    {
        await Installed.AwsCliAsync();
        string[] always = ["--output", "json", "--endpoint-url", endpoint.GetLeftPart(UriPartial.Authority)];
        return await ChildProcess.RunAsync("aws", [.. always, .. arguments], environment);
    }

    public static Task<ChildProcess.Ended> IdentityAsync(IReadOnlyDictionary<string, string?> environment) =>
        RunAsync(environment, new Uri(environment["AWS_ENDPOINT_URL_STS"]!), "sts", "get-caller-identity");

    public static async Task SkipUnlessTokenFilesAreReadAsync()
    {
        var version = await Installed.AwsCliAsync();
        Assert.SkipUnless(version >= (version.Major == 1 ? new Version(1, 32, 41) : new Version(2, 15)),
            $"AWS CLI {version} does not read AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: pip install 'awscli>=1.32.41'");
    }
}
