namespace CredentialSidecar.Emulator.Worlds;

/// <summary>What an identity policy allows: STS actions on role ARNs. Both may hold <c>*</c> and <c>?</c>.</summary>
internal sealed record Permission(IReadOnlyList<string> Actions, IReadOnlyList<string> Resources)
{
    public bool Allows(string action, string roleArn) =>
        Actions.Any(pattern => Wildcard.MatchesAction(pattern, action)) &&
        Resources.Any(pattern => Wildcard.MatchesResource(pattern, roleArn));
}
