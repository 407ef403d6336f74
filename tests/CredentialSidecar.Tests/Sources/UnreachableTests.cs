using System.Net;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>Why STS was not reached, over real sockets and through the real AWS SDK.</summary>
public sealed class UnreachableTests : UnreachableTest
{
    [Fact]
    public async Task A_refused_connection_names_host_and_port() =>
        Assert.Equal(
            "STS could not be reached: the connection to 127.0.0.1:1 failed: Connection refused.",
            await WhyAsync("http://127.0.0.1:1"));

    [Fact]
    public async Task A_name_that_does_not_resolve_is_named() =>
        Assert.StartsWith(
            "STS could not be reached: the name sts.invalid could not be resolved (",
            await WhyAsync("https://sts.invalid"),
            StringComparison.Ordinal);

    [Fact]
    public async Task Plain_HTTP_on_a_port_for_TLS_is_recognised()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerPlainlyAsync(listener);

        Assert.Equal(
            $"STS could not be reached: TLS with {listener.LocalEndpoint} failed: the port does not speak TLS.",
            await WhyAsync($"https://{listener.LocalEndpoint}"));
        listener.Stop();
        await answering;
    }

    [Theory]
    [InlineData("this is not XML", "its XML cannot be read")]
    [InlineData("", "its XML cannot be read")]
    public async Task What_answers_but_is_no_STS_was_reached(string body, string why)
    {
        await using var server = RawServer.Http(200, body);
        var refused = await FailAsync($"http://{server.Uri.Authority}");

        Assert.EndsWith($"another server answered 200 instead of STS: {why}.", refused.Message, StringComparison.Ordinal);
        Assert.Equal($"Check that {server.Uri.Authority} is an STS endpoint, and that no proxy answers instead.", refused.Advice);
    }

    [Fact]
    public void Timeouts_name_host_and_port()
    {
        var target = new Uri("https://sts.eu-central-1.amazonaws.com/");

        Assert.Equal(
            "no connection to sts.eu-central-1.amazonaws.com:443 within the time limit for connecting",
            Unreachable.From(new TaskCanceledException("x", new TimeoutException()), new Sending { Target = target }).Why);
        Assert.Equal("no answer within 3 s from sts.eu-central-1.amazonaws.com:443 through the proxy proxy:3128",
            Unreachable.From(
                new Polly.Timeout.TimeoutRejectedException("x", TimeSpan.FromSeconds(3)),
                new Sending { Target = target, Proxy = By("http://proxy:3128") }).Why);
    }

    [Fact]
    public async Task A_rule_that_the_SDK_alone_knows_is_a_mistake_of_the_configuration_and_no_outage()
    {
        var hop = Assuming.Hop with { Region = "not a region" };
        var refused = await Assert.ThrowsAsync<CredentialException>(() => Assuming.AsReportsAsync(hop, Assuming.Signer));

        Assert.Equal((CredentialFailure.InvalidHop, false), (refused.Failure, refused.MayPassAtOnce));
        Assert.Equal(
            $"Cannot assume {Settings.ReportsRole} (hop 1): the AWS SDK cannot make this call with the current configuration.",
            refused.Message);
        Assert.Contains(
            "The SDK says: The specified 'not a region' region is not a valid hostname component.",
            refused.ForOperator,
            StringComparison.Ordinal);
    }

    private static async Task AnswerPlainlyAsync(System.Net.Sockets.TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var buffer = new byte[1024];
                _ = await client.GetStream().ReadAsync(buffer);
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
