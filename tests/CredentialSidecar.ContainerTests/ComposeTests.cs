using System.Globalization;

namespace CredentialSidecar.ContainerTests;

/// <summary>Each file in samples/compose, to the end that it promises.</summary>
public sealed class ComposeTests
{
    private const string Laptop = "samples/compose/laptop.yml";

    [Fact]
    public async Task On_a_laptop_the_application_is_told_of_the_other_account()
    {
        await using var compose = new Compose([Laptop]);

        var ended = await compose.UpAsync();

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains($"\"Arn\": \"{EmulatedTask.Destination}credential-sidecar-", ended.All, StringComparison.Ordinal);
        Assert.Contains("\"Account\": \"555566667777\"", ended.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_on_a_network_of_its_own_is_served_through_the_forwarder()
    {
        await using var compose = new Compose(["samples/compose/forward.yml"]);

        var ended = await compose.UpAsync();

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains($"\"Arn\": \"{EmulatedTask.Destination}", ended.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_generated_compose_file_gives_an_application_the_role_of_the_other_account()
    {
        await Images.RequireAsync();
        var folder = Directory.CreateTempSubdirectory("compose-").FullName;

        try
        {
            var (basic, generated) = (Path.Combine(folder, "compose.yml"), Path.Combine(folder, "generated.yml"));
            await File.WriteAllTextAsync(basic, """
                services:
                  app:
                    image: ${APP_IMAGE}
                  emulator:
                    image: ${EMULATOR_IMAGE}
                    network_mode: service:credential-sidecar
                    command: [--sts-port, "51680"]
                  credential-sidecar:
                    environment:
                      AWS_ENDPOINT_URL_STS: http://127.0.0.1:51680
                """, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(generated, await Engine.DoAsync(
                "run", "--rm", Images.Sidecar, "generate", "compose", "--container", "app=default", "--image", Images.Sidecar,
                "--role-arn", "arn:aws:iam::111122223333:role/orders-task,arn:aws:iam::555566667777:role/reports",
                "--external-id", "orders-7f3a", "--entrypoint", "app=", "--command",
                """app=["aws","sts","get-caller-identity","--endpoint-url","http://127.0.0.1:51680"]"""),
                TestContext.Current.CancellationToken);
            await using var compose = new Compose([basic, generated],
                ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                ("AWS_REGION", "eu-central-1"));

            var ended = await compose.UpAsync();

            Assert.True(ended.Code == 0, ended.ToString());
            Assert.Contains($"\"Arn\": \"{EmulatedTask.Destination}", ended.All, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task From_a_profile_two_hops_lead_to_the_other_account()
    {
        var folder = Directory.CreateTempSubdirectory("aws-").FullName;

        try
        {
            // The emulator's user, whose keys are the example in AWS's documentation.
            var keys = "[work]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n" +
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
            await File.WriteAllTextAsync(Path.Combine(folder, "credentials"), keys, TestContext.Current.CancellationToken);
            (await Command.RunAsync("sh", ["-c", "chown -R 1234:1234 \"$1\" && chmod 0600 \"$1\"/*", "sh", folder])).Succeeded();
            await using var compose = new Compose(
                ["samples/compose/profile.yml", "tests/CredentialSidecar.ContainerTests/StandIns/profile.yml"],
                ("AWS_FOLDER", folder),
                ("AWS_PROFILE", "work"),
                ("AWS_REGION", "eu-central-1"),
                ("SIDECAR_USER", "1234:1234"),
                ("SIDECAR_TOKEN", "3f0e6a7c1b8d49e2a5c4f7089d1e2b36"),
                ("SIDECAR_ROLE_ARN", "arn:aws:iam::111122223333:role/orders-task,arn:aws:iam::555566667777:role/reports"),
                ("SIDECAR_EXTERNAL_ID", "orders-7f3a"));

            var ended = await compose.UpAsync();

            Assert.True(ended.Code == 0, ended.ToString());
            Assert.Contains($"\"Arn\": \"{EmulatedTask.Destination}", ended.All, StringComparison.Ordinal);
            Assert.DoesNotContain("wJalrXUtnFEMI", ended.All, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("/role/audit", "arn:aws:sts::555566667777:assumed-role/reader/")]
    [InlineData("/creds", EmulatedTask.Destination)]
    public async Task Local_endpoints_answer_a_relative_uri_without_a_token(string uri, string identity)
    {
        await using var compose = new Compose(["samples/compose/local-endpoints.yml"], ("RELATIVE_URI", uri));

        var ended = await compose.UpAsync();

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains($"\"Arn\": \"{identity}", ended.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_endpoints_pass_task_metadata_on()
    {
        await using var compose = new Compose(
            ["samples/compose/local-endpoints.yml", "tests/CredentialSidecar.ContainerTests/StandIns/metadata.yml"]);

        var ended = await compose.UpAsync();

        Assert.True(ended.Code == 0, ended.ToString());
        var metadata = ended.All.Replace("\": \"", "\":\"", StringComparison.Ordinal);
        Assert.Contains("\"TaskARN\":\"arn:aws:ecs:eu-central-1:111122223333:task/", metadata, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compose_stops_the_application_first_and_the_sidecar_after_its_drain()
    {
        await using var compose = new Compose([Laptop, "tests/CredentialSidecar.ContainerTests/StandIns/waiting.yml"]);
        var up = await compose.RunAsync("up", "--no-build", "-d");
        Assert.True(up.Code == 0, up.ToString());

        (await compose.RunAsync("stop")).Succeeded();

        var (app, sidecar) = (await StateAsync("app"), await StateAsync("sidecar"));
        Assert.True(app.Finished <= sidecar.Finished, $"{app} and {sidecar}");
        Assert.Equal(0, sidecar.Code);
        var log = await Engine.LogsAsync(await compose.ContainerAsync("sidecar"));
        Assert.Contains("SIGTERM received: serving for 2 s more", log, StringComparison.Ordinal);

        async Task<(DateTimeOffset Finished, int Code)> StateAsync(string service)
        {
            var state = (await Engine.InspectAsync(await compose.ContainerAsync(service)))["State"]!;
            return (DateTimeOffset.Parse((string)state["FinishedAt"]!, CultureInfo.InvariantCulture), (int)state["ExitCode"]!);
        }
    }
}
