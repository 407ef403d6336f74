using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>The AWS SDK for .NET v4 in a process of its own: this program, started with one more word.</summary>
internal static class Net4Client
{
    public const string Mode = "be-the-net4-client";

    public static async Task<int> RunAsync(int calls)
    {
        Print(("version", typeof(AWSCredentials).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()!.Version));

        try
        {
            var pause = TimeSpan.FromSeconds(
                double.Parse(Environment.GetEnvironmentVariable("CLIENT_PAUSE") ?? "0", CultureInfo.InvariantCulture));

            if (calls > 0 && Environment.GetEnvironmentVariable("CLIENT_PRINT_REGION") is not null)
            {
                Print(("region", FallbackRegionFactory.GetRegionEndpoint()?.SystemName ?? "none"));
            }

            // Without a call there is nothing to configure either: only the version was asked for.
            using var sts = calls > 0 ? new AmazonSecurityTokenServiceClient() : null;

            for (var call = 0; call < calls; call++)
            {
                await Task.Delay(call > 0 ? pause : TimeSpan.Zero);

                try
                {
                    var identity = await sts!.GetCallerIdentityAsync(new GetCallerIdentityRequest());
                    Print(("account", identity.Account), ("arn", identity.Arn));
                }
                catch (Exception e) when (Environment.GetEnvironmentVariable("CLIENT_GOES_ON") is not null)
                {
                    Print(("error", e.ToString()));
                }
            }

            return 0;
        }
        catch (Exception e)
        {
            Print(("error", e.ToString()));
            return 1;
        }
    }

    private static void Print(params (string Name, string Value)[] fields) => Console.WriteLine(
        new JsonObject(fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Value))).ToJsonString());
}
