using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>Which STS the SDK's own rules choose, and what they refuse, before any call is made.</summary>
internal static class StsEndpoints
{
    /// <summary>The address for each region that is known.</summary>
    /// <exception cref="ConfigurationMistakesException">The SDK has no endpoint for what was asked, and never will.</exception>
    public static IReadOnlyList<Uri> Resolve(SidecarSettings settings, TaskIdentity task)
    {
        var regions = settings.Options.Destinations.Values.SelectMany(destination => destination.Hops)
            .Select(hop => hop.Region ?? settings.Region ?? task.Region).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        List<Mistake> mistakes = [];
        List<Uri> endpoints = [];

        foreach (var region in regions)
        {
            try
            {
                using var client = new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), StsClients.ConfigFor(settings.Sts, region));
                endpoints.Add(new Uri(client.DetermineServiceOperationEndpoint(new AssumeRoleRequest()).URL));
            }
            catch (AmazonClientException e)
            {
                var variable = settings.Sts.Endpoint is not null ? settings.Sts.EndpointVariable : settings.Sts.UseFips == true ? StsRules.Fips : settings.Sts.UseDualStack == true ? StsRules.DualStack : "AWS_REGION";
                mistakes.Add(new Mistake(variable, $"cannot be used for {region}: {Shown.OnOneLine(e.Message.TrimEnd('.'))}; unset it, or give another Region"));
            }
        }

        return mistakes.Count > 0 ? throw new ConfigurationMistakesException(mistakes) : [.. endpoints.Distinct()];
    }
}
