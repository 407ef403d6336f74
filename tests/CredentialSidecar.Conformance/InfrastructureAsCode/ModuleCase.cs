using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.EcsSamples;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>A task and a configuration, as flags of <c>generate</c> and as inputs of the Terraform module.</summary>
/// <param name="Definition">A file of the fast tests, or the JSON itself.</param>
/// <param name="Containers">As <c>--container</c> takes them.</param>
internal sealed partial record ModuleCase(string Definition, string[] Containers)
{
    public const string Image = "registry/credential-sidecar:1";

    private const string Reports = """
        { "Destinations": { "default": { "Hops": [
          { "RoleArn": "arn:aws:iam::555566667777:role/reports", "ExternalId": "orders-7f3a" } ] } } }
        """;

    private const string Chains = """
        { "Destinations": {
          "audit": { "Lazy": true, "Hops": [
            { "RoleArn": "arn:aws:iam::555566667777:role/hub", "ExternalId": "orders-7f3a", "SourceIdentity": "orders",
              "SessionName": "orders-{task_id}", "Tags": [ { "Key": "team", "Value": "orders" } ], "TransitiveTagKeys": [ "team" ] },
            { "RoleArn": "arn:aws:iam::666677778888:role/team/audit", "DurationSeconds": 1800, "Region": "eu-west-1",
              "Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}", "PolicyArns": [ "arn:aws:iam::aws:policy/ReadOnlyAccess" ] } ] },
          "default": { "Hops": [
            { "RoleArn": "arn:aws:iam::555566667777:role/hub" },
            { "RoleArn": "arn:aws:iam::666677778888:role/team/audit", "ExternalId": "other" },
            { "RoleArn": "arn:aws:iam::777788889999:role/last" } ] },
          "last": { "Hops": [ { "RoleArn": "arn:aws:iam::777788889999:role/last", "ExternalId": "direct" } ] },
          "plain": { "Hops": [ { "RoleArn": "arn:aws:iam::555566667777:role/plain" } ] } } }
        """;

    private const string TwoClients = """
        { "Destinations": {
            "reports": { "Hops": [ { "RoleArn": "arn:aws:iam::555566667777:role/reports", "ExternalId": "orders-7f3a" } ] },
            "audit": { "Hops": [ { "RoleArn": "arn:aws:iam::555566667777:role/audit" } ] },
            "task": { "Hops": [] } },
          "Access": { "Clients": {
            "web": { "SharedDirectory": "/shared/web", "Destinations": [ "reports", "task" ] },
            "batch": { "SharedDirectory": "/shared/batch", "Destinations": [ "reports", "audit" ] } } } }
        """;

    private const string WithoutEntryPoint = """
        { "family": "plain", "networkMode": "awsvpc", "containerDefinitions": [
          { "name": "app", "image": "app", "entryPoint": [], "command": ["/app", "<in>", "${HOME}"],
            "environment": [{ "name": "A", "value": "%{B}" }] } ] }
        """;

    private const string RouterLast = """
        { "family": "logs", "networkMode": "awsvpc", "containerDefinitions": [
          { "name": "app", "image": "app", "entryPoint": ["/app"],
            "logConfiguration": { "logDriver": "awsfirelens", "options": { "Name": "opensearch" } } },
          { "name": "router", "image": "router", "entryPoint": ["/router"], "firelensConfiguration": { "type": "fluentbit" },
            "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "/ecs/logs" } } } ] }
        """;

    public static IReadOnlyDictionary<string, ModuleCase> All { get; } = new Dictionary<string, ModuleCase>
    {
        ["one role"] = new("article", ["app=default"]),
        ["log router"] = new("firelens", ["app=default", "log_router=default"]),
        ["log router that waits"] = new(RouterLast, ["app=default", "router=default"]),
        ["log router that does not wait"] = new(RouterLast, ["app=default"]),
        ["other volumes"] = new("efs", ["app=default"]),
        ["several containers"] = new("several", ["app=default", "migrate=default"]),
        ["chains"] = new("article", ["app=audit"]) { Configuration = Chains },
        ["clients"] = new("several", ["app=reports", "migrate=audit"]) { Configuration = TwoClients, Clients = ["app=web"] },
        ["ports"] = new("article", ["app=default"])
        {
            Variables =
            [
                ("SIDECAR_PORT", "9180"), ("SIDECAR_HEALTH_PORT", "9181"), ("SIDECAR_DRAIN", "5s"), ("SIDECAR_Region", "eu-west-1"),
            ],
        },
        ["no entry point"] = new(WithoutEntryPoint, ["app=default"]) { Flags = ["--entrypoint", "app="] },
    };

    public string Configuration { get; init; } = Reports;

    /// <summary>As <c>--client</c> takes them.</summary>
    public string[] Clients { get; init; } = [];

    public (string Name, string? Value)[] Variables { get; init; } = [];

    /// <summary>What the input does not show. The module has it in the container definition.</summary>
    public string[] Flags { get; init; } = [];

    public JsonNode Task => JsonNode.Parse(Definition.StartsWith('{') ? Definition : File.ReadAllText(
        Repository.File("tests", "CredentialSidecar.Tests", "Generating", "Definitions", $"{Definition}.json")))!;

    /// <summary>The inputs of the module that are not in every case.</summary>
    public JsonObject Inputs
    {
        get
        {
            var configuration = JsonNode.Parse(Configuration)!;
            return new JsonObject
            {
                ["container_definitions"] = Task["containerDefinitions"]!.DeepClone(),
                ["containers"] = Pairs(Containers.Select(pair => pair.Split('='))),
                ["container_clients"] = Pairs(Clients.Select(pair => pair.Split('='))),
                ["environment"] = Pairs(Variables.Select(variable => new[] { variable.Name, variable.Value! })),
                ["destinations"] = Named(configuration["Destinations"]),
                ["clients"] = Named(configuration["Access"]?[nameof(Clients)]),
            };
        }
    }

    private static JsonObject Pairs(IEnumerable<string[]> pairs) =>
        new(pairs.Select(pair => KeyValuePair.Create(pair[0], (JsonNode?)JsonValue.Create(pair[1]))));

    private static JsonObject Named(JsonNode? section) => new(
        (section?.AsObject() ?? []).Select(pair => KeyValuePair.Create(pair.Key, Snake(pair.Value))));

    // RoleArn becomes role_arn. The module takes tags as a map.
    private static JsonNode? Snake(JsonNode? value) => value switch
    {
        JsonObject json => new JsonObject(json.Select(pair => KeyValuePair.Create(
            Capitals().Replace(pair.Key, "_").ToLowerInvariant(),
            pair.Key == "Tags" ? Pairs(pair.Value!.AsArray().Select(tag => new[] { tag!.Text("Key"), tag!.Text("Value") }))
                : Snake(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Snake)]),
        _ => value?.DeepClone(),
    };

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Capitals();
}
