using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;

namespace CredentialSidecar.Conformance.Charts;

/// <summary>What the chart gives the sidecar, given to the sidecar.</summary>
public sealed class ConfigurationTests
{
    private static readonly (string, string?)[] PodIdentity =
    [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"),
    ];

    private static readonly (string, string?)[] WebIdentity =
    [
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/orders-pod"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"),
    ];

    [Theory, MemberData(nameof(Manifests.Names), MemberType = typeof(Manifests))]
    public async Task The_sidecar_takes_it_without_a_warning(string name)
    {
        var sidecar = Manifests.Pod(name).Container("credential-sidecar");
        var ended = await Programs.SidecarAsync(["validate"], Environment(name, sidecar));

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.DoesNotContain("Warning", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_with_a_dollar_sign_arrives_as_it_was_written()
    {
        var sidecar = Manifests.Pod("irsa").Container("credential-sidecar");
        var config = sidecar.Variables(_ => null).Single(variable => variable.Name == "SIDECAR_CONFIG").Value!;
        var ended = await Programs.SidecarAsync(["validate"], Environment("irsa", sidecar));
        var policy = JsonNode.Parse(ended.Output)!["Destinations"]!["reports"]!["Hops"]![1]!["Policy"]!.GetValue<string>();

        // Else the kubelet might expand it.
        Assert.DoesNotContain('$', config);
        Assert.Contains("reports/${aws:PrincipalTag/team}/*", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_init_container_with_the_address_reads_its_own()
    {
        var address = Manifests.Pod("address").Container("credential-sidecar-address");
        var words = address["args"]!.AsArray().Select(word => word!.GetValue<string>());

        // Not up, which would change this machine: the same words for another address, and so a refusal by name.
        var changed = address.Variables(_ => null).Select(variable => (variable.Name, (string?)$"{variable.Value}55"));
        var ended = await Programs.SidecarAsync(words, [.. changed]);

        Assert.Equal(78, ended.Code);
        Assert.Contains("SIDECAR_Networking__LinkLocalAddress is \"169.254.170.255\"", ended.Errors, StringComparison.Ordinal);
    }

    // As the platform resolves it, and with what its webhook adds.
    private static IEnumerable<(string Name, string? Value)> Environment(string name, JsonNode sidecar) =>
    [
        .. sidecar.Variables(from => from["fieldRef"] is not null ? "10.0.0.7" : "ASIAEXAMPLE"),
        .. Kind(name) switch { "PodIdentity" => PodIdentity, "WebIdentity" => WebIdentity, _ => [] },
    ];

    private static string Kind(string name) => Manifests.Documents(File.ReadAllText(Path.Combine(Helm.Samples, $"{name}.yaml"))).Single()
        ["credential-sidecar"]!["source"]!["kind"]!.GetValue<string>();
}
