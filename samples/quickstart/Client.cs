using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Quickstart;

/// <summary>The sibling. It calls sts:GetCallerIdentity and does not know about a sidecar.</summary>
internal static class Client
{
    public static async Task<int> RunAsync()
    {
        try
        {
            using var sts = new AmazonSecurityTokenServiceClient();
            var identity = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest());

            Console.WriteLine(identity.Account);
            Console.WriteLine(identity.Arn);
            return 0;
        }
        catch (AmazonClientException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (AmazonServiceException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
