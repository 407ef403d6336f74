using FsCheck;

namespace CredentialSidecar.Tests;

/// <summary>How properties are checked: a hundred cases, heard of only when one fails.</summary>
internal static class Property
{
    public static Config Quietly { get; } = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);
}
