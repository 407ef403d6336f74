using CredentialSidecar.Tests;
using CredentialSidecar.Tests.Configuration;
using CredentialSidecar.Tests.Emulator;
using CredentialSidecar.Tests.Endpoint;
using CredentialSidecar.Tests.Hosting;
using CredentialSidecar.Tests.Passthrough;
using CredentialSidecar.Tests.Refreshing;
using CredentialSidecar.Tests.Sources;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace CredentialSidecar.Tests;

/// <summary>Starts the classes whose tests wait for seconds before all others, so that the run does not end with waiting alone.</summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] Long =
    [
        typeof(AgentLimitTests), typeof(TaskMetadataReaderTests), typeof(ReloadPropertyTests), typeof(WeekOfTroubleTests),
        typeof(SlowBodyTests), typeof(CrowdTests), typeof(RandomSettingsTests),
        typeof(FailureLogTests), typeof(EmulatedChainTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => !Array.Exists(Long, type => Holds(collection, type)))];

    private static bool Holds(ITestCollection collection, Type type) =>
        collection.TestCollectionDisplayName.Contains(type.FullName!, StringComparison.Ordinal);
}
