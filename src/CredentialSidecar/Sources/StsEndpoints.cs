using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>Finds the STS endpoint by the SDK's rules, and reports what they reject, without any call.</summary>
internal static class StsEndpoints
{
    /// <summary>The address for each known region.</summary>
    /// <exception cref="ConfigurationMistakesException">The SDK has no endpoint for these settings.</exception>
    public static IReadOnlyList<Uri> Resolve(SidecarSettings settings, TaskIdentity task)
    {
        var regions = settings.Options.Destinations.Values.SelectMany(destination => destination.Hops)
            .Select(hop => hop.Region ?? settings.Region ?? task.Region)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        List<Mistake> mistakes = [];
        List<Uri> endpoints = [];

        foreach (var region in regions)
        {
            try
            {
                using var client =
                    new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), StsClients.ConfigFor(settings.Sts, region));
                endpoints.Add(new Uri(client.DetermineServiceOperationEndpoint(new AssumeRoleRequest()).URL));
            }
            catch (AmazonClientException e)
            {
                var variable = settings.Sts.Endpoint is not null ? settings.Sts.EndpointVariable
                    : settings.Sts.UseFips == true ? StsRules.Fips
                    : settings.Sts.UseDualStack == true ? StsRules.DualStack
                    : "AWS_REGION";
                mistakes.Add(new Mistake(variable,
                    $"cannot be used for {region}: {Shown.OnOneLine(e.Message.TrimEnd('.'))}; unset it, or give another Region"));
            }
        }

        return mistakes.Count > 0 ? throw new ConfigurationMistakesException(mistakes) : [.. endpoints.Distinct()];
    }
}
