using System.Text.RegularExpressions;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>Collects what the service model forbids, and says it as STS does: all of it, in one message.</summary>
internal sealed class Constraints
{
    private readonly List<string> _violations = [];

    public void Required(string name, string? value) => Check(value is not null, name, null, "Member must not be null");

    public void Length(string name, string? value, int shortest, int longest)
    {
        Check(value is null || value.Length >= shortest, name, value, $"Member must have length greater than or equal to {shortest}");
        Check(value is null || value.Length <= longest, name, value, $"Member must have length less than or equal to {longest}");
    }

    /// <param name="pattern">As the service model writes it; <paramref name="compiled"/> is the same in this language.</param>
    public void Pattern(string name, string? value, string pattern, Regex compiled) =>
        Check(value is null || compiled.IsMatch(value), name, value, $"Member must satisfy regular expression pattern: {pattern}");

    public void Range(string name, int? value, int least, int most)
    {
        var text = value?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Check((value ?? least) >= least, name, text, $"Member must have value greater than or equal to {least}");
        Check((value ?? least) <= most, name, text, $"Member must have value less than or equal to {most}");
    }

    public void ThrowIfAny()
    {
        if (_violations.Count > 0)
        {
            var count = _violations.Count == 1 ? "1 validation error" : $"{_violations.Count} validation errors";
            throw StsException.Validation($"{count} detected: {string.Join("; ", _violations)}");
        }
    }

    private void Check(bool holds, string name, string? value, string rule)
    {
        if (!holds)
        {
            _violations.Add($"Value {(value is null ? "null" : $"'{value}'")} at '{name}' failed to satisfy constraint: {rule}");
        }
    }
}
