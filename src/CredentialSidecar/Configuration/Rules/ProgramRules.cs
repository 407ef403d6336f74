using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>The program of <c>Source:Process</c>.</summary>
internal static class ProgramRules
{
    private const string Key = "Source:Process";

    public static SourceSettings Find(SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        var words = options.Source.Process;
        findings.Require(OperatingSystem.IsLinux(), "Source:Kind", "is Process, which only works on Linux; use Default and a profile");

        if (words.Count == 0)
        {
            findings.Missing(Key, "is not set, but Source:Kind is Process; "
                + "set SIDECAR_Source__Process__0 to the program, SIDECAR_Source__Process__1 and up to its arguments");
            return new SourceSettings(SourceKind.Process);
        }

        // A program that is missing is reported at each read, since a volume may bring it later.
        findings.Require(Path.IsPathFullyQualified(words[0]), $"{Key}:0",
            $"is {Shown.Quoted(words[0])}; expected the absolute path of a program, because no search path and no shell is used"
            + (words[0].Contains(' ', StringComparison.Ordinal) ? "; write each argument as a separate item" : ""));

        foreach (var (i, word) in words.Index())
        {
            findings.Require(!word.Contains('\0', StringComparison.Ordinal), $"{Key}:{i}", "contains U+0000; remove it");
        }

        return new SourceSettings(SourceKind.Process)
        {
            Program = new ProgramSettings(words[0], [.. words.Skip(1)], [.. environment.ForPrograms()]),
        };
    }
}
