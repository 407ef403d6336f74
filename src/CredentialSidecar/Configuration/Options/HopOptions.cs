using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>One <c>sts:AssumeRole</c>, under STS's own names.</summary>
internal sealed class HopOptions
{
    [Description("The role to assume, arn:aws:iam::123456789012:role/name.")]
    public string? RoleArn { get; set; }

    [Description("The external id that the role's trust policy requires, 2 to 1224 characters.")]
    public string? ExternalId { get; set; }

    [Description(
        "The role session name, which CloudTrail shows; may contain {task_id} {family} {cluster} {destination} {pod} {namespace} "
        + "{service_account} {node} {hostname}.")]
    public string? SessionName { get; set; }

    [Description(
        "1500 to 3600, because STS limits role chaining to one hour; "
        + "up to 43200 on the first hop of a source with long-lived keys (Source:Kind Default or Process). Larger values are reduced.")]
    public int DurationSeconds { get; set; } = 3600;

    [Description("2 to 64 characters; applies to this and all later hops; may contain the placeholders of SessionName.")]
    public string? SourceIdentity { get; set; }

    [Description("Session tags, as an object or as a list of keys and values; values may contain the placeholders of SessionName.")]
    public List<TagOptions> Tags { get; set; } = [];

    [Description("Keys of this hop's Tags that later hops inherit.")]
    public List<string> TransitiveTagKeys { get; set; } = [];

    [Description("An inline session policy: an object, or JSON in one string; at most 2048 characters without whitespace between tokens.")]
    public string? Policy { get; set; }

    [Description("Managed policies of the role's account as session policies, at most 10.")]
    public List<string> PolicyArns { get; set; } = [];

    [Description("The region of the STS endpoint for this hop. Default: the sidecar's Region.")]
    public string? Region { get; set; }
}

/// <summary>A session tag.</summary>
internal sealed class TagOptions
{
    public string? Key { get; set; }

    public string? Value { get; set; }
}
