using System.Text.Json.Serialization;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>The result of a check.</summary>
internal enum Verdict
{
    Pass,
    Warn,
    Fail,
}

/// <param name="Text">What the check found.</param>
/// <param name="Remedy">What to do; null if nothing.</param>
internal sealed record Line(string Check, Verdict Verdict, string Text, string? Remedy);

/// <summary>Collects the results of the checks.</summary>
internal sealed class Examination
{
    private readonly List<Line> _lines = [];

    public IReadOnlyList<Line> Lines => _lines;

    public bool Failed => _lines.Exists(line => line.Verdict == Verdict.Fail);

    public void Pass(string check, string text) => _lines.Add(new Line(check, Verdict.Pass, text, null));

    public void Warn(string check, string text, string? remedy) => _lines.Add(new Line(check, Verdict.Warn, text, remedy));

    public void Fail(string check, string text, string? remedy) => _lines.Add(new Line(check, Verdict.Fail, text, remedy));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<Line>))]
internal sealed partial class DoctorJson : JsonSerializerContext;
