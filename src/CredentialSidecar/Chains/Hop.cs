using System.Globalization;
using System.Text;

namespace CredentialSidecar.Chains;

/// <summary>One <c>sts:AssumeRole</c>: every input it takes.</summary>
internal sealed record Hop
{
    public required RoleArn Role { get; init; }

    /// <summary>2 to 64 of <c>[\w+=,.@-]</c>.</summary>
    public required string SessionName { get; init; }

    /// <summary>Whole seconds from 1500; over an hour only on a first hop, since STS caps role chaining there.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The region of the STS endpoint and of the signature.</summary>
    public required string Region { get; init; }

    public string? ExternalId { get; init; }

    public string? SourceIdentity { get; init; }

    public IReadOnlyList<SessionTag> Tags { get; init; } = [];

    public IReadOnlyList<string> TransitiveTagKeys { get; init; } = [];

    /// <summary>An inline session policy, JSON of at most 2048 characters.</summary>
    public string? Policy { get; init; }

    public IReadOnlyList<string> PolicyArns { get; init; } = [];

    /// <summary>Two hops are the same only if this text is equal. It contains every input with its length.</summary>
    /// <remarks>
    /// kube2iam left out the external id, so one tenant could get another's session. Without lengths, a value
    /// could contain a separator and imitate other inputs.
    /// </remarks>
    public string Identity
    {
        get
        {
            var text = new StringBuilder();
            Add(Role.Text, SessionName, Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture), Region, ExternalId, SourceIdentity,
                Policy);
            AddList(Tags.Select(tag => tag.Key));
            AddList(Tags.Select(tag => tag.Value));
            AddList(TransitiveTagKeys);
            AddList(PolicyArns);
            return text.ToString();

            void Add(params ReadOnlySpan<string?> values)
            {
                foreach (var value in values)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{value?.Length ?? -1}:{value};");
                }
            }

            void AddList(IEnumerable<string> values)
            {
                var all = values.ToArray();
                Add(all.Length.ToString(CultureInfo.InvariantCulture));
                Add(all);
            }
        }
    }
}

/// <summary>A session tag.</summary>
internal sealed record SessionTag(string Key, string Value);
