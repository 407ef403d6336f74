using CredentialSidecar.Launcher.Plan;

namespace CredentialSidecar.Launcher.Tokens;

/// <summary>Finds the token: first in the named place, then beside the launcher, then in the environment.</summary>
/// <param name="named">The file a flag or variable names.</param>
/// <param name="beside">The file beside the launcher, whether it exists or not: the sidecar's shared directory holds both.</param>
internal sealed class TokenLookup(Variables environment, string? named, string? beside, Func<string, FileText> read)
{
    public TokenFinding Find()
    {
        if (named is not null)
        {
            return FromFile(named, read(named));
        }

        if (environment[EnvironmentPlan.LaunchToken] is { Length: > 0 } own)
        {
            return FromVariable(EnvironmentPlan.LaunchToken, own);
        }

        if (beside is not null && read(beside) is { Missing: false } there)
        {
            return FromFile(beside, there);
        }

        return environment[EnvironmentPlan.Token] is { Length: > 0 } set ? FromVariable(EnvironmentPlan.Token, set) : new TokenFinding();
    }

    private static TokenFinding FromFile(string path, FileText file)
    {
        if (file.Missing)
        {
            return new TokenFinding
            {
                MayHeal = true,
                Mistake = new(
                    ExitCodes.NotReady,
                    $"The token file {path} is not there; " +
                    "is the volume mounted here, and does the sidecar write it before this container starts?"),
            };
        }

        if (file.Text is null)
        {
            return Wrong(
                $"The token file {path} cannot be used: {file.Trouble}; " +
                "it must be a regular file of at most 64 KiB that this user may read.");
        }

        return TokenForm.Mistake(file.Text) is { } mistake
            ? Wrong($"The token file {path} {mistake}")
            : new() { Token = new(file.Text, path) };
    }

    private TokenFinding FromVariable(string name, string value) =>
        TokenForm.Mistake(value) is { } mistake ? Wrong($"{name} {mistake}") : new() { Token = new(value, FileWith(value)) };

    /// <summary>A file that holds the same token, for the clients that read only a file.</summary>
    /// <remarks>A file with another token would contradict the variable.</remarks>
    private string? FileWith(string value)
    {
        foreach (var path in (string?[])[beside, environment[EnvironmentPlan.TokenFile]])
        {
            if (path is { Length: > 0 } && read(path).Text == value)
            {
                return path;
            }
        }

        return null;
    }

    private static TokenFinding Wrong(string text) => new() { Mistake = new(ExitCodes.Configuration, text) };
}
