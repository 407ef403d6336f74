using System.Text.Json.Serialization;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>How a check ended.</summary>
internal enum Verdict
{
    Pass,
    Warn,
    Fail,
}

/// <param name="Text">What was seen.</param>
/// <param name="Remedy">What to do; null where there is nothing to do.</param>
internal sealed record Line(string Check, Verdict Verdict, string Text, string? Remedy);

/// <summary>Gathers what the checks find.</summary>
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
