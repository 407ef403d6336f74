using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;

namespace CredentialSidecar.Conformance.EcsSamples;

/// <summary>What has to be so in every sample.</summary>
public sealed class TaskDefinitionTests
{
    [Theory, MemberData(nameof(Sample.All), MemberType = typeof(Sample))]
    public async Task The_sidecar_takes_its_environment_without_a_warning(string name)
    {
        var variables = Sample.Variables(Sample.Of(name).Sidecar);
        var ended = await Programs.SidecarAsync(
            ["validate"], [.. variables, ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/none")]);

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.DoesNotContain("Warning", ended.Errors, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Sample.All), MemberType = typeof(Sample))]
    public void No_container_has_a_token_or_an_address_in_its_environment(string name) => Assert.All(
        Sample.Of(name).Containers.SelectMany(Sample.Variables),
        variable => Assert.DoesNotMatch("^AWS_CONTAINER_|TOKEN|SECRET|ACCESS_KEY", variable.Name + variable.Value));

    [Theory, MemberData(nameof(Sample.All), MemberType = typeof(Sample))]
    public void The_application_waits_for_a_sidecar_that_has_credentials(string name)
    {
        var sample = Sample.Of(name);
        var (health, restart) = (sample.Sidecar["healthCheck"]!, sample.Sidecar["restartPolicy"]!);

        Assert.Equal("""[{"containerName":"credential-sidecar","condition":"HEALTHY"}]""", sample["orders"]["dependsOn"]!.ToJsonString());
        // The copy that no process of the same user can read, while it has the sidecar's environment.
        Assert.Equal(["CMD", "/usr/local/bin/credential-launch", "--check"], health.Words("command"));
        Assert.Equal(
            (5, 2, 3, 60),
            (Number(health, "interval"), Number(health, "timeout"), Number(health, "retries"), Number(health, "startPeriod")));
        Assert.Equal("""{"enabled":true,"ignoredExitCodes":[78],"restartAttemptPeriod":60}""", restart.ToJsonString());
    }

    [Theory, MemberData(nameof(Sample.All), MemberType = typeof(Sample))]
    public void The_sidecar_can_do_no_more_than_it_must(string name)
    {
        var sidecar = Sample.Of(name).Sidecar;

        // A user alone, whom no image knows by name, would be of the group 0.
        Assert.Equal("9170:9170", sidecar.Text("user"));
        Assert.True(sidecar["readonlyRootFilesystem"]!.GetValue<bool>());
        Assert.Equal("""{"capabilities":{"drop":["ALL"]}}""", sidecar["linuxParameters"]!.ToJsonString());
        Assert.Null(sidecar["portMappings"]);
    }

    [Theory, MemberData(nameof(Sample.WithLauncher), MemberType = typeof(Sample))]
    public void The_application_goes_through_the_launcher_of_a_volume_it_cannot_write(string name)
    {
        var sample = Sample.Of(name);
        var theirs = Assert.Single(sample["orders"]["mountPoints"]!.AsArray())!;
        var ours = Assert.Single(sample.Sidecar["mountPoints"]!.AsArray())!;

        Assert.Equal(ours.Text("sourceVolume"), theirs.Text("sourceVolume"));
        Assert.Equal((false, true), (ours["readOnly"]!.GetValue<bool>(), theirs["readOnly"]!.GetValue<bool>()));
        Assert.Contains(("SIDECAR_SHARED_DIR", ours.Text("containerPath")), Sample.Variables(sample.Sidecar));
        Assert.Equal($"{theirs.Text("containerPath")}/credential-launch", sample["orders"].Words("entryPoint")[0]);
        Assert.Equal("--", sample["orders"].Words("entryPoint")[^1]);
        Assert.NotEmpty(sample["orders"].Words("command"));
    }

    [Theory, MemberData(nameof(Sample.All), MemberType = typeof(Sample))]
    public void The_policies_beside_it_are_about_the_roles_it_names(string name)
    {
        var sample = Sample.Of(name);
        var hop = Assert.Single(sample.Configuration["Destinations"]!["reports"]!["Hops"]!.AsArray())!;
        var allowed = Assert.Single(sample.Policy("task-role-policy")["Statement"]!.AsArray())!;
        var trusted = Assert.Single(sample.Policy("destination-trust-policy")["Statement"]!.AsArray())!;

        Assert.Equal(("sts:AssumeRole", "sts:AssumeRole"), (allowed.Text("Action"), trusted.Text("Action")));
        Assert.Equal(hop.Text("RoleArn"), allowed.Text("Resource"));
        Assert.Equal(sample.Task.Text("taskRoleArn"), trusted["Principal"]!.Text("AWS"));
        Assert.Equal(hop.Text("ExternalId"), trusted["Condition"]!["StringEquals"]!.Text("sts:ExternalId"));
    }

    [Fact]
    public void Fargate_is_asked_for_nothing_it_does_not_give()
    {
        var sample = Sample.Of("fargate/task-definition");

        Assert.Equal(["FARGATE"], sample.Task.Words("requiresCompatibilities"));
        Assert.Equal(("awsvpc", "256", "512"), (sample.Task.Text("networkMode"), sample.Task.Text("cpu"), sample.Task.Text("memory")));
        Assert.All(sample.Task["volumes"]!.AsArray(), volume => Assert.Null(volume!["host"]));
        Assert.All(sample.Containers, container => Assert.Null(container["linuxParameters"]?["capabilities"]?["add"]));
    }

    [Fact]
    public void Interception_is_of_one_uid_everywhere_and_its_capability_with_one_container()
    {
        var sample = Sample.Of("ec2-awsvpc/task-definition.interception");
        var uid = sample["orders"].Text("user");

        Assert.Equal(["intercept", "up", "--uid", $"{uid}=reports", "--guard", "--block-imds"], sample["intercept"].Words("command"));
        Assert.Equal("reports", sample.Configuration["Interception"]!["Uids"]!.Text(uid));
        Assert.Equal("""[{"containerName":"intercept","condition":"SUCCESS"}]""", sample.Sidecar["dependsOn"]!.ToJsonString());
        var capable = sample.Containers.Where(container => container["linuxParameters"]?["capabilities"]?["add"] is not null);
        Assert.Equal(["intercept"], capable.Select(container => container.Text("name")));
        Assert.False(sample["intercept"]["essential"]!.GetValue<bool>());
        Assert.Null(sample["orders"]["entryPoint"]);
    }

    [Fact]
    public void On_EC2_the_launchers_sample_has_the_guard_and_its_capability_with_one_container()
    {
        var sample = Sample.Of("ec2-awsvpc/task-definition");

        Assert.Equal(["intercept", "up", "--guard", "--block-imds"], sample["guard"].Words("command"));
        Assert.Equal("""{"Guard":true,"BlockImds":true}""", sample.Configuration["Interception"]!.ToJsonString());
        Assert.Equal("""[{"containerName":"guard","condition":"SUCCESS"}]""", sample.Sidecar["dependsOn"]!.ToJsonString());
        var capable = sample.Containers.Where(container => container["linuxParameters"]?["capabilities"]?["add"] is not null);
        Assert.Equal(["guard"], capable.Select(container => container.Text("name")));
        Assert.False(sample["guard"]["essential"]!.GetValue<bool>());
    }

    [Fact]
    public void In_host_mode_both_containers_name_the_same_ports_and_no_container_has_a_capability()
    {
        var sample = Sample.Of("ec2-host/task-definition");
        var sidecar = Sample.Variables(sample.Sidecar).ToDictionary();
        var application = Sample.Variables(sample["orders"]).ToDictionary();

        Assert.Equal("host", sample.Task.Text("networkMode"));
        Assert.Equal((sidecar["SIDECAR_PORT"], sidecar["SIDECAR_HEALTH_PORT"]),
            (application["CREDENTIAL_LAUNCH_PORT"], application["SIDECAR_HEALTH_PORT"]));

        // Tasks with the defaults may run on the same instance.
        Assert.Empty(sidecar.Values.Intersect(["9170", "9171"]));
        Assert.All(sample.Containers, container => Assert.Null(container["linuxParameters"]?["capabilities"]?["add"]));
        Assert.Null(sample.Configuration["Interception"]);
        Assert.Null(sample.Configuration["Access"]);
    }

    [Fact]
    public void In_bridge_mode_the_sidecar_has_a_socket_and_the_launcher_forwards_to_it()
    {
        var sample = Sample.Of("ec2-bridge/task-definition");

        Assert.Equal("bridge", sample.Task.Text("networkMode"));
        Assert.Contains(("SIDECAR_Listen__Socket", "true"), Sample.Variables(sample.Sidecar));
        Assert.Contains("--forward", sample["orders"].Words("entryPoint"));
        Assert.All(sample.Containers, container => Assert.Null(container["linuxParameters"]?["capabilities"]?["add"]));
    }

    private static int Number(JsonNode node, string key) => node[key]!.GetValue<int>();
}
