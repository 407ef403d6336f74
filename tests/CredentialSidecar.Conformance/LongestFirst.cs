using CredentialSidecar.Conformance;
using CredentialSidecar.Conformance.AwsSmoke;
using CredentialSidecar.Conformance.InfrastructureAsCode;
using CredentialSidecar.Conformance.Walks;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace CredentialSidecar.Conformance;

/// <summary>
/// Starts the collections that call the AWS CLI many times before all others, so that the run does not end with them alone.
/// </summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
        [nameof(SmokeRun), nameof(GettingStartedTests), Terraform.Provider, nameof(CloudFormationTests)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection =>
            !Array.Exists(Long, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)))];
}
