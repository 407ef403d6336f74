using System.Text.Json.Nodes;

namespace CredentialSidecar.Conformance.Charts;

/// <summary>What has to be so in every pod that the chart makes.</summary>
public sealed class PodTests
{
    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public void Each_container_mounts_one_volume_read_only_and_the_sidecar_mounts_them_all(string name)
    {
        var pod = Manifests.Pod(name);
        var volumes = pod["spec"]!["volumes"]!.AsArray().Select(volume => volume!["name"]!.GetValue<string>()).ToArray();

        Assert.All(
            pod["spec"]!["volumes"]!.AsArray(),
            volume => Assert.Equal("Memory", volume!["emptyDir"]!["medium"]!.GetValue<string>()));
        var mounted = Mounts(pod.Container("credential-sidecar")).Select(mount => Text(mount, "name"));
        Assert.Equal(volumes.Order(StringComparer.Ordinal), mounted.Order(StringComparer.Ordinal));
        Assert.All(pod["spec"]!["containers"]!.AsArray(), container =>
        {
            var mount = Assert.Single(Mounts(container!));
            Assert.Contains(Text(mount, "name"), volumes);
            Assert.True(mount["readOnly"]!.GetValue<bool>());
            Assert.Equal($"{Text(mount, "mountPath")}/token", Variable(container!, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
        });
    }

    // The webhook would have set both, and boto3 reads only the first.
    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public void Each_container_has_the_region_under_both_names(string name) => Assert.All(
        Manifests.Pod(name)["spec"]!["containers"]!.AsArray(),
        container => Assert.Equal(
            ("eu-central-1", "eu-central-1"),
            (Variable(container!, "AWS_DEFAULT_REGION"), Variable(container!, "AWS_REGION"))));

    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public void Each_container_asks_the_port_the_sidecar_listens_on_for_a_destination_it_has(string name)
    {
        var pod = Manifests.Pod(name);
        var config = JsonNode.Parse(Variable(pod.Container("credential-sidecar"), "SIDECAR_CONFIG")!)!;
        var addresses = config["Listen"]!["Addresses"]?.AsArray().Select(address => address!.GetValue<string>()) ?? ["127.0.0.1"];

        Assert.All(pod["spec"]!["containers"]!.AsArray(), container =>
        {
            var uri = new Uri(Variable(container!, "AWS_CONTAINER_CREDENTIALS_FULL_URI")!);
            Assert.Equal(config["Listen"]!["Port"]!.GetValue<int>(), uri.Port);
            Assert.Contains(uri.Host, addresses);
            Assert.True(config["Destinations"]![uri.Segments[^1]] is not null, $"{uri}: {config["Destinations"]}");
        });
    }

    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public void A_client_finds_its_token_where_the_sidecar_puts_it(string name)
    {
        var pod = Manifests.Pod(name);
        var sidecar = pod.Container("credential-sidecar");
        var config = JsonNode.Parse(Variable(sidecar, "SIDECAR_CONFIG")!)!;
        var where = Mounts(sidecar).ToDictionary(mount => Text(mount, "name"), mount => Text(mount, "mountPath"));

        Assert.All(pod["spec"]!["containers"]!.AsArray(), container =>
        {
            var path = where[Text(Assert.Single(Mounts(container!)), "name")];
            var destination = new Uri(Variable(container!, "AWS_CONTAINER_CREDENTIALS_FULL_URI")!).Segments[^1];

            if (config["Access"]?["Clients"]?.AsObject() is not { } clients)
            {
                Assert.Equal(Variable(sidecar, "SIDECAR_SHARED_DIR"), path);
                return;
            }

            var client = Assert.Single(clients, client => Text(client.Value!, "SharedDirectory") == path).Value!;
            Assert.Contains(destination, client["Destinations"]!.AsArray().Select(d => d!.GetValue<string>()));
            Assert.Equal("", Variable(sidecar, "SIDECAR_SHARED_DIR"));
        });
    }

    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public void The_webhooks_of_EKS_leave_out_every_container_but_the_sidecar(string name)
    {
        var pod = Manifests.Pod(name);
        var skipped = pod["metadata"]!["annotations"]?["eks.amazonaws.com/skip-containers"]?.GetValue<string>().Split(',');
        var others = pod.Containers().Select(container => Text(container, "name")).Where(container => container != "credential-sidecar");

        Assert.Equal(name == "secret" ? null : others.Order(StringComparer.Ordinal), skipped?.Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public void The_sidecar_is_a_native_one_that_holds_to_the_restricted_profile(string name)
    {
        var pod = Manifests.Pod(name);
        var (sidecar, context) = (pod.Container("credential-sidecar"), pod.Container("credential-sidecar")["securityContext"]!);

        Assert.Equal("Always", Text(sidecar, "restartPolicy"));
        Assert.Equal("/readyz", Text(sidecar["startupProbe"]!["httpGet"]!, "path"));
        Assert.Equal("/livez", Text(sidecar["livenessProbe"]!["httpGet"]!, "path"));
        Assert.Null(sidecar["readinessProbe"]);
        Assert.Equal("""{"drop":["ALL"]}""", context["capabilities"]!.ToJsonString());
        Assert.Equal((9170, 9170), (context["runAsUser"]!.GetValue<int>(), context["runAsGroup"]!.GetValue<int>()));
        Assert.Equal(
            (true, true, false, "RuntimeDefault"),
            (
                context["runAsNonRoot"]!.GetValue<bool>(),
                context["readOnlyRootFilesystem"]!.GetValue<bool>(),
                context["allowPrivilegeEscalation"]!.GetValue<bool>(),
                Text(context["seccompProfile"]!, "type")));
        Assert.False(pod["spec"]!["enableServiceLinks"]!.GetValue<bool>());
    }

    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public void The_sidecar_has_no_address_of_its_own_as_its_source(string name) => Assert.DoesNotContain(
        Manifests.Pod(name).Container("credential-sidecar")["env"]!.AsArray(),
        variable => Text(variable!, "name").StartsWith("AWS_CONTAINER_", StringComparison.Ordinal));

    private static IEnumerable<JsonNode> Mounts(JsonNode container) => container["volumeMounts"]!.AsArray().Select(mount => mount!);

    private static string? Variable(JsonNode container, string name) =>
        container.Variables(_ => null).Single(variable => variable.Name == name).Value;

    private static string Text(JsonNode node, string key) => node[key]!.GetValue<string>();
}
