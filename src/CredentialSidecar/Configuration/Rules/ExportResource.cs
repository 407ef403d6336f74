using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>
/// The resource attributes that identify the task in exported telemetry, see
/// https://opentelemetry.io/docs/specs/semconv/resource/cloud-provider/aws/ecs/.
/// </summary>
internal static class ExportResource
{
    private const string Attributes = "OTEL_RESOURCE_ATTRIBUTES";

    /// <summary>The attributes from task metadata and from the operator, whose values take precedence.</summary>
    public static SidecarSettings Describing(this SidecarSettings settings, TaskIdentity task)
    {
        if (settings.Export is not { } export || task.TaskArn is not { } arn)
        {
            return settings;
        }

        var given = export.GetValueOrDefault(Attributes)?.Split(',') ?? [];
        var told = new (string Name, string? Value)[]
        {
            ("cloud.provider", "aws"), ("cloud.platform", "aws_ecs"), ("cloud.region", task.Region), ("aws.ecs.task.arn", arn),
            ("aws.ecs.task.family", task.Family),
        };
        var added = told.Where(t => t.Value is not null && !given.Any(g => g.Split('=')[0].Trim() == t.Name))
            .Select(t => $"{t.Name}={Uri.EscapeDataString(t.Value!)}");

        return settings with { Export = new Dictionary<string, string>(export) { [Attributes] = string.Join(',', added.Concat(given)) } };
    }
}
