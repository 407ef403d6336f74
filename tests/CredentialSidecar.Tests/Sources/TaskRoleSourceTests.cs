using System.Diagnostics;
using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>The agent in every mood: what it answers becomes a failure with a sentence, never anything else.</summary>
public sealed class TaskRoleSourceTests
{
    private const string Good =
        """{"RoleArn":"arn:aws:iam::111122223333:role/task","AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t",""" +
        """ "Expiration":"2126-01-01T00:00:00Z"}""";

    [Theory]
    [InlineData("2126-01-01T00:00:00Z")]
    [InlineData("2126-01-01T00:00:00.123456789Z")]
    [InlineData("2126-01-01T02:00:00+02:00")]
    [InlineData("9999-12-31T23:59:59Z")]
    public async Task Credentials_are_read_with_any_form_of_expiration(string expiration)
    {
        await using var agent = RawServer.Http(200, Good.Replace("2126-01-01T00:00:00Z", expiration, StringComparison.Ordinal));
        var read = await Source(agent.Uri).ReadAsync(CancellationToken.None);

        Assert.Equal(("ASIA1", "s", "t"), (read.AccessKeyId, read.SecretAccessKey, read.SessionToken));
        Assert.Equal("arn:aws:iam::111122223333:role/task", read.RoleArn);
        Assert.True(read.Expiration.Year >= 2125);
    }

    [Theory]
    [InlineData("<html>504 Gateway Time-out</html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"AccessKeyId":"ASIA1","SecretAccessKey":"s""")]
    [InlineData("""{"AccessKeyId":1,"SecretAccessKey":"s","Token":"t","Expiration":"2126-01-01T00:00:00Z"}""")]
    [InlineData("""{"AccessKeyId":"ASIA1","SecretAccessKey":"","Token":"t","Expiration":"2126-01-01T00:00:00Z"}""")]
    [InlineData("""{"AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t"}""")]
    [InlineData("""{"AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"soon"}""")]
    [InlineData("""{"AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"2001-01-01T00:00:00Z"}""")]
    public async Task A_200_that_holds_no_valid_credentials_is_an_unavailable_source(string body)
    {
        await using var agent = RawServer.Http(200, body);
        var failure = await FailAsync(agent.Uri);

        Assert.Equal(CredentialFailure.SourceUnavailable, failure.Failure);
        Assert.Equal(1, agent.Requests);
        Assert.StartsWith("The task role could not be read: http://127.0.0.1:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_the_sources_token_is_a_failure_and_nobody_waits_for_it()
    {
        var (folder, clock) = (Directory.CreateTempSubdirectory("source-").FullName, TimeProvider.System);

        try
        {
            var pipe = Path.Combine(folder, "token");
            Fifo.Make(pipe);
            using var reader = new EndpointReader();
            var settings = new SourceSettings(SourceKind.TaskRole, new Uri("http://127.0.0.1:1/creds"), TokenFile: pipe);
            var source = new TaskRoleSource(settings, reader, clock);
            var failure = await Fifo.PromptlyAsync(
                pipe, () => Assert.ThrowsAsync<CredentialException>(() => source.ReadAsync(CancellationToken.None)));
            Assert.Equal(
                $"The task role could not be read: AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is '{pipe}', " +
                "which is a pipe, a socket or a device instead of a regular file.",
                failure.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(429, CredentialFailure.SourceUnavailable, 1)]
    [InlineData(503, CredentialFailure.SourceUnavailable, 1)]
    [InlineData(500, CredentialFailure.SourceUnavailable, 3)]
    [InlineData(400, CredentialFailure.SourceRefused, 1)]
    [InlineData(302, CredentialFailure.SourceRefused, 1)]
    internal async Task The_agents_429_and_503_mean_wait_500_is_tried_again_and_the_rest_is_a_refusal(
        int status, CredentialFailure failure, int requests)
    {
        await using var agent = RawServer.Http(
            status,
            """{"code":"InvalidIdInRequest","message":"x","HTTPErrorCode":400}""",
            headers: "Location: http://127.0.0.1:1/\r\n");
        var refused = await FailAsync(agent.Uri);

        Assert.Equal((failure, requests), (refused.Failure, agent.Requests));
        Assert.Contains($"answered {status} InvalidIdInRequest", refused.Message, StringComparison.Ordinal);
        Assert.Equal(status == 429 ? TimeSpan.FromSeconds(1) : null, refused.RetryIn);
    }

    [Fact]
    public async Task An_answer_of_10_MB_is_not_read_into_memory()
    {
        await using var agent = RawServer.Http(200, new string(' ', 10_000_000));
        Assert.Equal(CredentialFailure.SourceUnavailable, (await FailAsync(agent.Uri)).Failure);
    }

    [Fact]
    public async Task A_connection_that_is_reset_or_refused_is_an_unavailable_source()
    {
        await using var agent = RawServer.Custom((_, stream, _) => { stream.Close(); return Task.CompletedTask; });
        Assert.Equal(CredentialFailure.SourceUnavailable, (await FailAsync(agent.Uri)).Failure);
        Assert.Contains("Connection refused", (await FailAsync(new Uri("http://127.0.0.1:1"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_never_answers_is_given_up_after_five_seconds()
    {
        var clock = new VirtualClock();
        await using var agent = RawServer.Custom((_, _, stop) => Task.Delay(Timeout.Infinite, stop));
        var read = Source(agent.Uri, clock).ReadAsync(CancellationToken.None);

        while (!read.IsCompleted)
        {
            await Task.WhenAny(read, clock.UntilWaitingAsync());
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        var failure = await Assert.ThrowsAsync<CredentialException>(() => read);
        Assert.Contains("no answer within 5 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_is_read_for_each_request_and_sent_verbatim()
    {
        var heads = new List<string>();
        await using var agent = RawServer.Custom((head, stream, stop) =>
        {
            heads.Add(head);
            var answer = $"HTTP/1.1 200 OK\r\nContent-Length: {Good.Length}\r\nConnection: close\r\n\r\n{Good}";
            return stream.WriteAsync(Encoding.UTF8.GetBytes(answer), stop).AsTask();
        });
        var file = Path.GetTempFileName();
        using var reader = new EndpointReader();
        var source = new TaskRoleSource(new SourceSettings(SourceKind.TaskRole, agent.Uri, "unused", file), reader, TimeProvider.System);

        foreach (var token in new[] { "first", "second" })
        {
            await File.WriteAllTextAsync(file, token, TestContext.Current.CancellationToken);
            await source.ReadAsync(CancellationToken.None);
        }

        File.Delete(file);
        Assert.Collection(
            heads,
            head => Assert.Contains("\r\nAuthorization: first\r\n", head, StringComparison.Ordinal),
            head => Assert.Contains("\r\nAuthorization: second\r\n", head, StringComparison.Ordinal));
        var failed = await Assert.ThrowsAsync<CredentialException>(() => source.ReadAsync(CancellationToken.None));
        Assert.Equal(CredentialFailure.SourceUnavailable, failed.Failure);
    }

    [Fact]
    public async Task The_path_which_is_as_good_as_a_password_is_in_no_message()
    {
        var uri = new Uri("http://127.0.0.1:1/v2/credentials/secret-id");
        using var reader = new EndpointReader();
        var source = new TaskRoleSource(new SourceSettings(SourceKind.TaskRole, uri), reader, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<CredentialException>(() => source.ReadAsync(CancellationToken.None));

        Assert.DoesNotContain("secret-id", failure.ToString(), StringComparison.Ordinal);
    }

    private static TaskRoleSource Source(Uri uri, TimeProvider? clock = null) =>
        new(new SourceSettings(SourceKind.TaskRole, uri), new EndpointReader(), clock ?? TimeProvider.System);

    private static async Task<CredentialException> FailAsync(Uri uri)
    {
        var watch = Stopwatch.StartNew();
        var failure = await Assert.ThrowsAsync<CredentialException>(() => Source(uri).ReadAsync(CancellationToken.None));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10));
        return failure;
    }
}
