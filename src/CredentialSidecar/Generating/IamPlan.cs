using System.Text.Json.Nodes;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Generating;

/// <summary>What <c>generate iam</c> was asked for.</summary>
/// <param name="TaskRole">The role that the sidecar starts from.</param>
/// <param name="Region">The region of the cluster; null for every region.</param>
/// <param name="EcsExec">Add what ECS Exec needs.</param>
/// <param name="ExecutionRole">The role that fetches images and writes logs; null for none.</param>
/// <param name="ExternalRole">The role of ECS Anywhere instances; null for none.</param>
internal sealed record IamRequest(RoleArn TaskRole, string? Region, bool EcsExec, RoleArn? ExecutionRole, RoleArn? ExternalRole);

/// <summary>The roles of all chains: who may assume which, with the actions and conditions that each hop needs.</summary>
internal static class IamPlan
{
    // ECS Exec: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    private static readonly string[] ExecActions =
    [
        "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ];

    // The part of AmazonEC2ContainerServiceforEC2Role that an external instance uses.
    private static readonly string[] ExternalActions =
    [
        "ecs:DeregisterContainerInstance", "ecs:DiscoverPollEndpoint", "ecs:Poll", "ecs:RegisterContainerInstance",
        "ecs:StartTelemetrySession", "ecs:SubmitAttachmentStateChanges", "ecs:SubmitContainerStateChange", "ecs:SubmitTaskStateChange",
        "ecs:UpdateContainerInstancesState",
    ];

    /// <returns>The task role first, then the roles of the hops, then the roles of the platform.</returns>
    public static IReadOnlyList<IamRole> Of(SidecarSettings settings, IamRequest request)
    {
        IamChecks.Run(settings, request);
        var task = new IamRole(request.TaskRole, "task role");
        var roles = new List<IamRole> { task };
        task.Trust.Add(Service(request, "ecs-tasks.amazonaws.com", "ecs"));

        foreach (var edge in Edges(settings, request.TaskRole)
            .DistinctBy(edge => (edge.Caller.Text, edge.Target.Text, edge.ExternalId, edge.Key)))
        {
            var (caller, target) = (Find(roles, edge.Caller), Find(roles, edge.Target));
            Allow(caller.Statements, edge.Actions, "Resource", edge.Target.Text);
            Trust(target.Trust, edge);
        }

        if (request.EcsExec)
        {
            task.Statements.Add(Statement(ExecActions, "Resource", "*"));
        }

        if (request.ExecutionRole is { } execution)
        {
            var role = new IamRole(execution, "execution role");
            role.Trust.Add(Service(request, "ecs-tasks.amazonaws.com", "ecs"));
            role.Managed.Add($"arn:{execution.Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy");
            roles.Add(role);
        }

        if (request.ExternalRole is { } external)
        {
            var role = new IamRole(external, "role of ECS Anywhere instances");
            role.Trust.Add(Service(request, "ssm.amazonaws.com", "ssm"));
            role.Managed.Add($"arn:{external.Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore");
            role.Statements.Add(Statement(ExternalActions, "Resource", "*"));
            roles.Add(role);
        }

        return RoleOrder.Sort(roles);
    }

    // Transitive tags and a source identity go on to every later hop, and STS checks their actions there again.
    private static IEnumerable<Edge> Edges(SidecarSettings settings, RoleArn task)
    {
        foreach (var destination in settings.Destinations)
        {
            var (caller, hasTags, hasIdentity) = (task, false, false);

            foreach (var hop in destination.Hops)
            {
                hasIdentity |= hop.SourceIdentity is not null;
                string[] actions =
                [
                    "sts:AssumeRole",
                    .. hasTags || !hop.Tags.IsEmpty ? ["sts:TagSession"] : Array.Empty<string>(),
                    .. hasIdentity ? ["sts:SetSourceIdentity"] : Array.Empty<string>(),
                ];
                yield return new Edge(caller, hop.Role, hop.ExternalId, actions);
                hasTags |= !hop.TransitiveTagKeys.IsEmpty;
                caller = hop.Role;
            }
        }
    }

    private static IamRole Find(List<IamRole> roles, RoleArn arn)
    {
        if (roles.Find(role => role.Arn.Text == arn.Text) is { } known)
        {
            return known;
        }

        var added = new IamRole(arn, "role of a hop");
        roles.Add(added);
        return added;
    }

    private static void Trust(List<JsonObject> statements, Edge edge)
    {
        var condition = edge.ExternalId is null ? null : new JsonObject
        {
            ["StringEquals"] = new JsonObject { ["sts:ExternalId"] = edge.ExternalId },
        };

        if (statements.Find(one => Actions(one) == edge.Key && JsonNode.DeepEquals(one["Condition"], condition)) is { } known)
        {
            Append((JsonObject)known["Principal"]!, "AWS", edge.Caller.Text);
            return;
        }

        var statement = new JsonObject
        {
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["AWS"] = edge.Caller.Text },
            ["Action"] = Value(edge.Actions),
        };

        if (condition is not null)
        {
            statement["Condition"] = condition;
        }

        statements.Add(statement);
    }

    private static void Allow(List<JsonObject> statements, string[] actions, string field, string value)
    {
        if (statements.Find(one => Actions(one) == string.Join(',', actions)) is { } known)
        {
            Append(known, field, value);
        }
        else
        {
            statements.Add(Statement(actions, field, value));
        }
    }

    private static void Append(JsonObject node, string field, string value)
    {
        var values = node.Words(field) ?? [node.Text(field)!];
        node[field] = Value([.. values.Append(value).Distinct(StringComparer.Ordinal)]);
    }

    // The confused deputy: only tasks of this account may be given the role.
    private static JsonObject Service(IamRequest request, string service, string source)
    {
        var (account, partition) = (request.TaskRole.AccountId, request.TaskRole.Partition);
        return new JsonObject
        {
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["Service"] = service },
            ["Action"] = "sts:AssumeRole",
            ["Condition"] = new JsonObject
            {
                ["StringEquals"] = new JsonObject { ["aws:SourceAccount"] = account },
                ["ArnLike"] = new JsonObject { ["aws:SourceArn"] = $"arn:{partition}:{source}:{request.Region ?? "*"}:{account}:*" },
            },
        };
    }

    private static JsonObject Statement(string[] actions, string field, string value) =>
        new() { ["Effect"] = "Allow", ["Action"] = Value(actions), [field] = value };

    private static JsonNode Value(string[] words) => words is [var one] ? JsonValue.Create(one) : JsonInput.ToJson(words);

    private static string Actions(JsonObject statement) => string.Join(',', statement.Words("Action") ?? [statement.Text("Action")!]);

    private sealed record Edge(RoleArn Caller, RoleArn Target, string? ExternalId, string[] Actions)
    {
        /// <summary>The actions as one text.</summary>
        public string Key => string.Join(',', Actions);
    }
}
