using System.Text.Json.Nodes;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Clients;

/// <summary>The AWS SDK for .NET with its default credentials chain, in a process of its own.</summary>
internal static class NetSdk
{
    public const string ClientMode = "call-as-the-dotnet-sdk";

    public static Task<ChildProcess.Ended> RunAsync(IReadOnlyDictionary<string, string?> environment, int calls) =>
        ChildProcess.RunAsync(Programs.Itself, [ClientMode, $"{calls}"], environment);

    /// <summary>Runs in the child.</summary>
    public static async Task<int> RunAsClientAsync(int calls)
    {
        using var sts = new AmazonSecurityTokenServiceClient();
        GetCallerIdentityResponse identity = new();

        for (var i = 0; i < calls; i++)
        {
            identity = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest());
        }

        Console.WriteLine(new JsonObject { ["Account"] = identity.Account, ["Arn"] = identity.Arn }.ToJsonString());
        return 0;
    }
}
