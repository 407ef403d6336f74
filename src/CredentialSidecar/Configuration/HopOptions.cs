namespace CredentialSidecar.Configuration;

/// <summary>One <c>sts:AssumeRole</c>, under STS's own names.</summary>
internal sealed class HopOptions
{
    public string? RoleArn { get; set; }

    /// <summary>2 to 1224 characters.</summary>
    public string? ExternalId { get; set; }

    /// <summary>May hold <c>{task_id} {family} {cluster} {destination}</c>.</summary>
    public string? SessionName { get; set; }

    /// <summary>1500 to 3600; more is clamped, because STS caps role chaining at one hour.</summary>
    public int DurationSeconds { get; set; } = 3600;

    public string? SourceIdentity { get; set; }

    /// <summary>A list, because a <c>:</c> in a tag's key would be lost in a .NET configuration key.</summary>
    public List<TagOptions> Tags { get; set; } = [];

    public List<string> TransitiveTagKeys { get; set; } = [];

    /// <summary>An inline session policy: JSON in one string, at most 2048 characters.</summary>
    public string? Policy { get; set; }

    public List<string> PolicyArns { get; set; } = [];

    /// <summary>Default: the sidecar's region.</summary>
    public string? Region { get; set; }
}

/// <summary>A session tag.</summary>
internal sealed class TagOptions
{
    public string? Key { get; set; }

    public string? Value { get; set; }
}
