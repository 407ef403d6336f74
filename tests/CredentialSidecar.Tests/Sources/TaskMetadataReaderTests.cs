using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>A region that only task metadata tells is waited for; large metadata is read.</summary>
public sealed class TaskMetadataReaderTests : IDisposable
{
    private const string Task1 =
        "{\"TaskARN\":\"arn:aws:ecs:eu-west-1:111122223333:task/prod/0123abcd\",\"Cluster\":\"prod\",\"Family\":\"orders\"}";

    private readonly CollectedLogs _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Metadata_that_is_throttled_or_garbled_at_first_is_waited_for_and_said_once()
    {
        var asked = 0;
        await using var agent = RawServer.Custom((_, stream, stop) => AnswerAsync(stream, Interlocked.Increment(ref asked) switch
        {
            <= 3 => "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            4 => "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n<",
            _ => $"HTTP/1.1 200 OK\r\nContent-Length: {Task1.Length}\r\nConnection: close\r\n\r\n{Task1}",
        }, stop));
        var read = ReadAsync(agent.Uri, TimeProvider.System, "Only task metadata tells the region", CancellationToken.None);

        Assert.Equal("eu-west-1", (await read).Region);
        var line = Assert.Single(_logs.Lines, line => line.Event.Id == 200);
        Assert.StartsWith(
            $"Task metadata at {agent.Uri.GetLeftPart(UriPartial.Authority)} could not be read: it answered 429. " +
            "Only task metadata tells the region, so the sidecar retries every 2 s",
            line.Text,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "tells the region, so the sidecar retries every 2 s and serves nothing until then.",
            line.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_when_the_process_is_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var read = ReadAsync(new Uri("http://127.0.0.1:1/v4/x"), TimeProvider.System, "Only task metadata tells the region", stop.Token);

        await Eventually.HoldsAsync(() => _logs.Lines.Any(line => line.Event.Id == 200), () => "Nothing was said.");
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task Where_the_region_is_known_one_failure_is_enough()
    {
        var nowhere = new Uri("http://127.0.0.1:1/v4/x");
        Assert.Equal(TaskIdentity.Unknown, await ReadAsync(nowhere, TimeProvider.System, null, CancellationToken.None));
        Assert.EndsWith(
            "Connection refused. Role session names will not contain the task.",
            Assert.Single(_logs.Lines).Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(900_000, true)]
    [InlineData(1_200_000, false)]
    public async Task Metadata_is_read_up_to_1_MiB(int size, bool isRead)
    {
        await using var agent = RawServer.Http(200, Task1[..^1] + ",\"Containers\":\"" + new string('x', size) + "\"}");
        Assert.Equal(isRead ? "eu-west-1" : null, (await ReadAsync(agent.Uri, TimeProvider.System, null, CancellationToken.None)).Region);
    }

    private static Task AnswerAsync(Stream stream, string answer, CancellationToken stop) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stop).AsTask();

    private async Task<TaskIdentity> ReadAsync(Uri metadata, TimeProvider clock, string? need, CancellationToken stop)
    {
        using var reader = new EndpointReader();
        return await new TaskMetadataReader(reader, clock, _logs.For<TaskMetadataReader>()).ReadAsync(metadata, stop, need);
    }
}
