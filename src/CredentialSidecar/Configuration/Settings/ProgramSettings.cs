using System.Collections.Immutable;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>A program that prints credentials.</summary>
/// <param name="Path">Absolute, so that no search path decides which program runs.</param>
/// <param name="Environment">Each as <c>NAME=value</c>: the sidecar's own without its settings and secrets.</param>
internal sealed record ProgramSettings(string Path, ImmutableArray<string> Arguments, ImmutableArray<string> Environment)
{
    // The default would print the values of variables.
    public override string ToString() => Path;
}
