namespace CredentialSidecar.Chains;

/// <summary>The values of the placeholders.</summary>
internal sealed record TemplateValues(TaskIdentity Task, Placement Placement, string Destination)
{
    /// <returns>Null if the value is unknown.</returns>
    public string? Of(string placeholder) => placeholder switch
    {
        "{task_id}" => Task.TaskId,
        "{family}" => Task.Family,
        "{cluster}" => Task.Cluster,
        "{destination}" => Destination,
        "{pod}" => Placement.Pod,
        "{namespace}" => Placement.Namespace,
        "{service_account}" => Placement.ServiceAccount,
        "{node}" => Placement.Node,
        "{hostname}" => Placement.Hostname,
        _ => null,
    };
}
