using System.IO.Enumeration;

namespace CredentialSidecar.Emulator.Worlds;

/// <summary>The wildcards of IAM policies: actions ignore case, resources do not.</summary>
internal static class Wildcard
{
    public static bool MatchesAction(string pattern, string action) =>
        FileSystemName.MatchesSimpleExpression(pattern, action, ignoreCase: true);

    public static bool MatchesResource(string pattern, string resource) =>
        FileSystemName.MatchesSimpleExpression(pattern, resource, ignoreCase: false);
}
