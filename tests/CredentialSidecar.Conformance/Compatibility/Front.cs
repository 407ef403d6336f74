using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>What a client is told in the place of what the sidecar said.</summary>
internal sealed record FrontAnswer(int Status, JsonNode Body)
{
    public FrontAnswer Ending(DateTime end)
    {
        var body = Body.DeepClone();
        body["Expiration"] = end.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return this with { Body = body };
    }
}

/// <summary>A server before the sidecar, which asks it for each request and may change what it says.</summary>
internal static class Fronts
{
    /// <param name="change">Is given the number of the request, from 1, and the sidecar's answer.</param>
    /// <param name="destination">Which destination's answer a request gets; reports unless told otherwise.</param>
    public static RawServer Front(
        this TaskFixture task, Func<int, FrontAnswer, FrontAnswer> change, Func<int, string>? destination = null)
    {
        var requests = 0;

        return RawServer.Custom(async (_, stream, stop) =>
        {
            var number = Interlocked.Increment(ref requests);
            var (status, body) = await task.Sidecar.GetAsync(destination?.Invoke(number) ?? "reports");
            var answer = change(number, new FrontAnswer(status, body));
            var text = answer.Body.ToJsonString();
            await stream.WriteAsync(Encoding.UTF8.GetBytes(
                $"HTTP/1.1 {answer.Status} X\r\nContent-Type: application/json\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}"), stop);
        });
    }
}
