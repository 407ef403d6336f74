using System.Text.Json.Serialization;

namespace CredentialSidecar.Explaining;

/// <summary>What an error means and what to do, for a person.</summary>
/// <param name="What">What happened.</param>
internal sealed record Explanation(string What)
{
    /// <summary>Null if unknown, like each of the next ones.</summary>
    public string? Caller { get; init; }

    public string? Role { get; init; }

    /// <summary>The hops of the configuration that make this call.</summary>
    public string? Hop { get; init; }

    /// <summary>Who has to change something.</summary>
    public string? Side { get; init; }

    /// <summary>The kind of policy that denied the call.</summary>
    public string? Policy { get; init; }

    /// <summary>What was sent, from CloudTrail.</summary>
    public string? Event { get; init; }

    public required string ToDo { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<Explanation>))]
internal sealed partial class ExplanationJson : JsonSerializerContext;
