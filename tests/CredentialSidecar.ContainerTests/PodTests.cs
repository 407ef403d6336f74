namespace CredentialSidecar.ContainerTests;

/// <summary>The pods that the chart renders, as containers of the shipped images, without a cluster.</summary>
public sealed class PodTests
{
    private static readonly string Golden = Repository.File("tests", "CredentialSidecar.Conformance", "Charts", "Golden");

    // Debian 12's AWS CLI knows the token only as a variable.
    private const string WithToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN=$(cat $AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE) exec \"$@\"";

    [Theory]
    [InlineData("pod-identity", "orders")]
    [InlineData("address", "orders")]
    [InlineData("clients", "web")]
    [InlineData("clients", "legacy")]
    public async Task The_application_acts_in_the_other_account(string manifest, string container)
    {
        var file = Path.Combine(Golden, $"{manifest}.yaml");
        Assert.SkipUnless(
            File.Exists(file),
            "the chart's rendered files are not in this tree: tests/CredentialSidecar.Conformance/Charts/Golden");
        await Images.RequireAsync();
        await using var pod = Pod.Read(file, "AWS_ENDPOINT_URL_STS=http://127.0.0.1:51680", "AWS_EC2_METADATA_DISABLED=true");
        pod.Add("credential-sidecar", $"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:51679{EmulatedTask.AgentPath}");
        await pod.StartAsync(Images.Emulator, EmulatedTask.EmulatorWords);

        // A container that starts with the launcher keeps it, up to the program that it starts.
        var ended = await pod.AppAsync(container, own => own.Contains("--")
            ? [.. own.TakeWhile(word => word != "--"), "--", .. EmulatedTask.Identity]
            : ["sh", "-c", WithToken, "sh", .. EmulatedTask.Identity]);

        Assert.True(ended.Code == 0, $"{ended}\n{await pod.LogsAsync("credential-sidecar")}");
        Assert.Contains(EmulatedTask.Destination, ended.Output, StringComparison.Ordinal);
    }
}
