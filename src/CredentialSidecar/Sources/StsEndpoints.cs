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
    public static IReadOnlyList<Uri> Resolve(StsSettings settings, IEnumerable<string> regions)
    {
        List<Mistake> mistakes = [];
        List<Uri> endpoints = [];

        foreach (var region in regions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            try
            {
                using var client =
                    new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), StsClients.ConfigFor(settings, region));
                endpoints.Add(new Uri(client.DetermineServiceOperationEndpoint(new AssumeRoleRequest()).URL));
            }
            catch (AmazonClientException e)
            {
                var variable = settings.Endpoint is not null ? settings.EndpointVariable
                    : settings.UseFips == true ? StsRules.Fips
                    : settings.UseDualStack == true ? StsRules.DualStack
                    : "AWS_REGION";
                mistakes.Add(new Mistake(variable,
                    $"cannot be used for {region}: {Shown.OnOneLine(e.Message.TrimEnd('.'))}; unset it, or give another Region"));
            }
        }

        return mistakes.Count > 0 ? throw new ConfigurationMistakesException(mistakes) : [.. endpoints.Distinct()];
    }
}
