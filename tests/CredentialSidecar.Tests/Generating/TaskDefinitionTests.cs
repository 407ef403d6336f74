using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using static CredentialSidecar.Tests.Generating.GenerateRun;

namespace CredentialSidecar.Tests.Generating;

public sealed class TaskDefinitionTests
{
    /// <summary>Ten definitions of real shape, and the flags with which the sidecar fits in.</summary>
    public static TheoryData<string, string> Accepted => new()
    {
        { "article", "--container app=default" },
        { "described", "--container shop=default --entrypoint shop=/app/shop" },
        { "firelens", "--container app=default" },
        { "firelens", "--container app=default --container log_router=default" },
        { "efs", "--container app=default" },
        { "several", "--container app=default --container migrate=default" },
        { "bridge", "--container app=default --network-mode awsvpc" },
        { "bridge", "--container app=default --network-mode host" },
        { "imageonly", "--container app=default --entrypoint app=/docker-entrypoint.sh --command app=[\"nginx\",\"-g\",\"daemon-off;\"]" },
        { "users", "--mode intercept --container app=default --container batch=default" },
    };

    public static TheoryData<string, string, string> Refused => new()
    {
        { "windows", "app=default", "The task runs on WINDOWS_SERVER_2022_CORE; the sidecar runs on Linux only." },
        { "bridge", "app=default", "networkMode is not set, which means bridge. Its containers do not share 127.0.0.1, so they do not "
            + "reach the sidecar. Add --network-mode awsvpc." },
        { "cycle", "app=default", "The containers wait for each other: app waits for db waits for app. ECS rejects this order. Remove one "
            + "of these dependencies, or leave that container out of --container." },
        { "several", "envoy=default", "The entry point and command of container envoy are in its image, which this command "
            + "does not read. Add --image-config envoy=FILE with the output of docker image inspect envoy, or --entrypoint "
            + "envoy=/path/to/program and --command envoy=WORDS. An empty value says that the image has none." },
        { "described", "shop=default", "The entry point of container shop is in its image, which this command does not read. Add "
            + "--image-config shop=FILE with the output of docker image inspect "
            + "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop:7, or --entrypoint shop=/path/to/program. An empty value says that the "
            + "image has none." },
        { "several", "apps=default", "--container: The task definition has no container \"apps\"; did you mean app? It has these: migrate, "
            + "app, envoy, xray." },
        { "several", "app=report", "--container app=report: The configuration has no destination \"report\". It has default." },
        { "users", "app=default --mode intercept --image registry/x@sha256:0", "--image names a digest, so the image of the init container "
            + "is unknown. Add --init-image IMAGE." },
        { "article", "app=default --mode intercept", "--mode intercept needs NET_ADMIN, which Fargate does not give. Leave --mode out to "
            + "use the launcher." },
        { "efs", "app=default --client db=web", "A flag names container db, but no --container does. Add --container db=DESTINATION." },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void A_second_run_changes_nothing_and_no_field_is_lost(string name, string flags)
    {
        var given = Definition(name);
        var (code, first, notes) = GenerateRun.Task(given, [.. flags.Split(' '), .. OneRole]);
        Assert.True(code == 0, notes);

        Assert.Equal((0, first), Twice(first, flags));
        var registration = (JsonObject)(JsonNode.Parse(given)!["taskDefinition"] ?? JsonNode.Parse(given)!);
        Assert.Empty(Survival.Lost(registration, JsonNode.Parse(first)!));

        static (int, string) Twice(string definition, string flags) =>
            GenerateRun.Task(definition, [.. flags.Split(' '), .. OneRole]) is var again ? (again.Code, again.Output) : default;
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_work_is_refused_with_the_flag_that_helps(string name, string flags, string expected)
    {
        var (code, output, error) = GenerateRun.Task(
            Definition(name),
            [.. flags.Contains("--image ", StringComparison.Ordinal) ? OneRole[..2] : OneRole, "--container", .. flags.Split(' ')]);

        Assert.Equal((64, "", $"credential-sidecar: {expected}\n"), (code, output, error));
    }

    [Fact]
    public void Fields_that_this_version_does_not_know_survive() => Prop.ForAll(
        Gen.Choose(0, 9999).ListOf(6).ToArbitrary(),
        numbers =>
        {
            var given = JsonNode.Parse(Definition("several"))!;
            JsonObject[] places = [.. Survival.Objects(given)];
            Array.ForEach([.. numbers], number => places[number % places.Length][$"x{number}"] = JsonNode.Parse(
                number % 2 == 0 ? $$"""{ "a": [1.50, {{number}}, null], "b": "\u00e9 + <" }""" : "[[], {}, true, 1e3]"));
            var (code, output, error) = GenerateRun.Task(given.ToJsonString(), ["--container", "app=default", .. OneRole]);

            Assert.True(code == 0, error);
            Assert.Empty(Survival.Lost(given, JsonNode.Parse(output)!));
        }).Check(CredentialSidecar.Tests.Property.Costly(25));

    [Fact]
    public void The_launcher_runs_the_words_that_the_container_ran()
    {
        var container = Container(Generated("article"), "app");

        Assert.Equal(["/credential-sidecar/credential-launch", "--destination", "default", "--"], Words(container, "entryPoint"));
        Assert.Equal(["/bin/sh", "-c", "sleep 3600"], Words(container, "command"));
        Assert.Equal("HEALTHY", (string?)container["dependsOn"]![0]!["condition"]);
        Assert.True((bool)container["mountPoints"]![0]!["readOnly"]!);
    }

    [Fact]
    public void The_sidecar_has_no_capabilities_a_read_only_root_its_user_and_the_log_of_the_application()
    {
        var sidecar = Container(Generated("article"), "credential-sidecar");

        Assert.Equal("9170:9170", (string?)sidecar["user"]);
        Assert.True((bool)sidecar["readonlyRootFilesystem"]!);
        Assert.Equal("ALL", (string?)sidecar["linuxParameters"]!["capabilities"]!["drop"]![0]);
        Assert.Equal("/ecs/app", (string?)sidecar["logConfiguration"]!["options"]!["awslogs-group"]);
        Assert.Equal(
            [("SIDECAR_DRAIN", "0s"), ("SIDECAR_ROLE_ARN", Target), ("SIDECAR_SHARED_DIR", "/credential-sidecar")],
            sidecar["environment"]!.AsArray().Select(one => ((string)one!["name"]!, (string)one["value"]!)).Order());
    }

    [Fact]
    public void What_an_operator_changed_in_the_sidecar_stays()
    {
        var changed = JsonNode.Parse(Generated("article"))!;
        var sidecar = changed["containerDefinitions"]![0]!;
        sidecar["memory"] = 512;
        sidecar["healthCheck"]!["startPeriod"] = 120;
        var text = GenerateRun.Task(changed.ToJsonString(), "--container", "app=default", "--role-arn", Target).Output;

        Assert.Empty(Survival.Lost(changed, JsonNode.Parse(text)!));
    }

    [Fact]
    public void The_words_come_from_the_inspected_image()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, """[{ "Config": { "Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["nginx", "-g", "daemon off;"] } }]""");
        var (code, output, _) = GenerateRun.Task(
            Definition("imageonly"), [.. OneRole, "--container", "app=default", "--image-config", $"app={file}"]);
        File.Delete(file);

        Assert.Equal(0, code);
        Assert.Equal(["/docker-entrypoint.sh", "nginx", "-g", "daemon off;"], Words(Container(output, "app"), "command"));
    }

    [Fact]
    public void A_router_that_waits_for_the_sidecar_does_not_carry_its_log()
    {
        string[] both = ["--container", "app=default", "--container", "log_router=default"];
        var given = Definition("firelens");

        var logging = Container(GenerateRun.Task(given, [.. OneRole, .. both]).Output, "credential-sidecar")["logConfiguration"];
        Assert.Equal("awslogs", (string?)logging!["logDriver"]);
        logging = Container(GenerateRun.Task(given, [.. OneRole, .. both[..2]]).Output, "credential-sidecar")["logConfiguration"];
        Assert.Equal("awsfirelens", (string?)logging!["logDriver"]);
    }

    [Fact]
    public void Interception_has_an_init_container_with_each_user_before_the_sidecar()
    {
        var text = GenerateRun.Task(
            Definition("users"),
            [.. OneRole, "--mode", "intercept", "--container", "app=default", "--container", "batch=default"]).Output;

        var init = Container(text, "credential-sidecar-init");
        Assert.Equal("registry/credential-sidecar:1-init", (string?)init["image"]);
        Assert.Equal(
            ["intercept", "up", "--uid", "1000=default", "--uid", "1001=default", "--guard", "--block-imds"], Words(init, "command"));
        Assert.Equal("NET_ADMIN", (string?)init["linuxParameters"]!["capabilities"]!["add"]![0]);
        Assert.Equal("SUCCESS", (string?)Container(text, "credential-sidecar")["dependsOn"]![0]!["condition"]);
        Assert.Null(Container(text, "app")["entryPoint"]);
    }

    private static string Generated(string name) =>
        GenerateRun.Task(Definition(name), ["--container", "app=default", .. OneRole]).Output;
}
