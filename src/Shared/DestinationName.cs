namespace CredentialSidecar.Shared;

/// <summary>The name of a destination or a client: <c>[a-z0-9_-]{1,64}</c>. It stands in paths, variables and metrics as it is.</summary>
internal static class DestinationName
{
    public const int Longest = 64;

    public static bool IsValid(string text) => text.Length is >= 1 and <= Longest
        && Array.TrueForAll(text.ToCharArray(), c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-');
}
