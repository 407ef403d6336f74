using System.Text.RegularExpressions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sts;

/// <summary><c>Tags.member.N.Key/Value</c> and <c>TransitiveTagKeys.member.N</c>.</summary>
internal static partial class TagParameters
{
    private const int MostTags = 50;

    public static IReadOnlyList<SessionTag> Read(StsRequest request)
    {
        var transitive = Members(number => request[$"TransitiveTagKeys.member.{number}"]);
        var tags = Members(number => request[$"Tags.member.{number}.Key"] is { } key
            ? new SessionTag(key, request[$"Tags.member.{number}.Value"] ?? "", transitive.Contains(key, StringComparer.OrdinalIgnoreCase))
            : null);

        if (tags.DistinctBy(tag => tag.Key.ToUpperInvariant()).Count() < tags.Count)
        {
            throw Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        }

        return transitive.TrueForAll(key => tags.Exists(tag => tag.HasKey(key)))
            ? tags
            : throw Invalid("The specified transitive tag key must be included in the requested tags.");
    }

    public static void Check(IReadOnlyList<SessionTag> tags, Constraints constraints)
    {
        if (tags.Count > MostTags)
        {
            throw StsException.Validation(
                $"1 validation error detected: Value '[{tags.Count} tags]' at 'tags' failed to satisfy constraint: " +
                $"Member must have length less than or equal to {MostTags}");
        }

        for (var index = 0; index < tags.Count; index++)
        {
            var (name, tag) = ($"tags.{index + 1}.member", tags[index]);
            constraints.Length($"{name}.key", tag.Key, 1, 128);
            constraints.Pattern($"{name}.key", tag.Key, @"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", TagText());
            constraints.Length($"{name}.value", tag.Value, 0, 256);
            constraints.Pattern($"{name}.value", tag.Value, @"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", TagText());
        }
    }

    /// <summary>What a session has once it inherits: the caller's transitive tags, which cannot be overridden, and its own.</summary>
    public static IReadOnlyList<SessionTag> Inherit(IReadOnlyList<SessionTag> callers, IReadOnlyList<SessionTag> requested)
    {
        var inherited = callers.Where(tag => tag.Transitive).ToList();
        return inherited.Exists(tag => requested.Any(other => other.HasKey(tag.Key)))
            ? throw Invalid(
                "One of the specified transitive tag keys can't be set because it conflicts " +
                "with a transitive tag key from the calling session.")
            : [.. inherited, .. requested];
    }

    private static List<T> Members<T>(Func<int, T?> at)
        where T : class =>
        [.. Enumerable.Range(1, 1000).Select(at).TakeWhile(member => member is not null).OfType<T>()];

    private static StsException Invalid(string message) => new(400, "InvalidParameterValue", message);

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z")]
    private static partial Regex TagText();
}
