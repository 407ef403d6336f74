using Xunit;

namespace CredentialSidecar.Tests.Architecture.Symbols;

/// <summary>Fails with every problem in full, one a line. Assert.Empty cuts each to 50 characters.</summary>
internal static class Problems
{
    public static void AssertNone(IEnumerable<string> problems)
    {
        var distinct = problems.Distinct().ToArray();
        Assert.True(distinct.Length == 0, string.Join('\n', distinct));
    }
}
