namespace CredentialSidecar.Conformance.Charts;

/// <summary>A wrong value ends helm with a line that names it.</summary>
public sealed class RefusalTests(Helm helm) : IClassFixture<Helm>
{
    private const string Hop = "credential-sidecar.destinations.reports.hops";

    [Theory]
    [InlineData($$"""{{Hop}}=[{"roleArn":"arn:aws:iam::1234567890123456:role/reports"}]""",
        "destinations.reports.hops.0.roleArn: Does not match pattern")]
    [InlineData($$"""{{Hop}}=[{"roleArn":"arn:aws:iam::555566667777:user/reports"}]""",
        "destinations.reports.hops.0.roleArn: Does not match pattern")]
    [InlineData($$"""{{Hop}}=[{"externalId":"orders-7f3a"}]""", "destinations.reports.hops.0: roleArn is required")]
    [InlineData($$"""{{Hop}}=[{"roleArn":"arn:aws:iam::555566667777:role/reports","externalID":"x"}]""",
        "Additional property externalID is not allowed")]
    [InlineData($$"""{{Hop}}=[{"roleArn":"arn:aws:iam::555566667777:role/reports","durationSeconds":43201}]""",
        "durationSeconds: Must be less than or equal to 43200")]
    [InlineData($$"""{{Hop}}=[]""", "destinations.reports.hops: Array must have at least 1 items")]
    [InlineData("""credential-sidecar.destinations={"Reports":{"hops":[]}}""", "Reports")]
    [InlineData("credential-sidecar.destinations=null", "credential-sidecar.destinations is empty: give at least one, with its hops")]
    [InlineData("""credential-sidecar.regoin="eu-central-1" """, "Additional property regoin is not allowed")]
    [InlineData("""credential-sidecar.region="europe" """, "region: Does not match pattern")]
    [InlineData("""credential-sidecar.region="" """, "credential-sidecar.region is missing: name the region whose STS is to be asked")]
    [InlineData("""credential-sidecar.image.repository="" """,
        "credential-sidecar.image.repository is missing: name where you pushed the sidecar's image to")]
    [InlineData("""credential-sidecar.drain="5 minutes" """, "drain: Does not match pattern")]
    [InlineData("""credential-sidecar.healthPort="9171" """, "healthPort: Invalid type. Expected: integer, given: string")]
    [InlineData("credential-sidecar.port=9171", "credential-sidecar.port and credential-sidecar.healthPort are both 9171")]
    [InlineData("""credential-sidecar.source.kind="IRSA" """,
        """source.kind must be one of the following: "PodIdentity", "WebIdentity", "Secret" """)]
    [InlineData("""credential-sidecar.source.kind="Secret" """, "credential-sidecar.source.secretName is missing")]
    [InlineData("""credential-sidecar.linkLocalAddress="169.254.169.254" """, "linkLocalAddress must be one of the following")]
    [InlineData("""credential-sidecar.linkLocalAddress="169.254.170.23" """, "where EKS Pod Identity itself answers: take 169.254.170.2")]
    [InlineData("""credential-sidecar.image.digest="sha256:12" """, "image.digest: Does not match pattern")]
    [InlineData("""credential-sidecar.guard.enabled="yes" """, "guard.enabled: Invalid type. Expected: boolean, given: string")]
    [InlineData(
        """credential-sidecar={"guard":{"enabled":true},"image":{"digest":"sha256:""" +
        """0000000000000000000000000000000000000000000000000000000000000000"}}""",
        "credential-sidecar.guard.image is missing")]
    [InlineData("""credential-sidecar.env=[{"name":"SIDECAR_CONFIG","value":"x"}]""", "env.0.name")]
    [InlineData("""credential-sidecar.clients={"web":{"destinations":["audit"]}}""",
        """clients.web asks for the destination "audit", but credential-sidecar.destinations has only: reports""")]
    [InlineData("""credential-sidecar.clients={"default":{"destinations":["reports"]}}""", "clients")]
    [InlineData("""credential-sidecar.clients={"web":{"destinations":["reports"]}}""", "each container must say which one it is: web")]
    [InlineData("""containers=[{"name":"a","image":"b","client":"web"}]""",
        """the client "web" is asked for, but credential-sidecar.clients is empty""")]
    [InlineData("""containers=[{"name":"a","image":"b","destination":"audit"}]""",
        """the destination "audit", but credential-sidecar.destinations has only: reports""")]
    [InlineData("""containers=[{"name":"a","image":"b","launcher":true}]""", "containers.a has a launcher but no command")]
    public async Task A_wrong_value_is_named(string setting, string line)
    {
        var ended = await helm.TemplateAsync("pod-identity", setting.Trim());

        Assert.Equal((1, ""), (ended.Code, ended.Output));
        Assert.Contains(line.Trim(), ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""containers=[{"name":"a","image":"b","client":"web","destination":"archive"}]""",
        """the destination "archive", but credential-sidecar.clients.web.destinations has only: reports""")]
    [InlineData("""containers=[{"name":"a","image":"b","client":"batch"}]""",
        "does not say which destination it wants; credential-sidecar.clients.batch.destinations has: reports, archive")]
    [InlineData("""containers=[{"name":"a","image":"b","client":"nobody"}]""",
        """the client "nobody" is asked for, but credential-sidecar.clients has only: batch, legacy, web""")]
    public async Task A_container_gets_nothing_but_what_its_client_may_ask_for(string setting, string line)
    {
        var ended = await helm.TemplateAsync("clients", setting);

        Assert.Equal((1, ""), (ended.Code, ended.Output));
        Assert.Contains(line, ended.Errors, StringComparison.Ordinal);
    }
}
