using FsCheck;

namespace CredentialSidecar.Tests;

/// <summary>How properties are checked: a hundred cases, heard of only when one fails.</summary>
internal static class Property
{
    // CI has the time for more random cases than a developer who waits for the fast tests.
    private static readonly int Times = Environment.GetEnvironmentVariable("CI") is "true" ? 4 : 1;

    public static Config Quietly { get; } = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);

    /// <summary>For cases that cost many milliseconds each: this many here, four times as many in CI.</summary>
    public static Config Costly(int cases) => Quietly.WithMaxTest(cases * Times);
}
