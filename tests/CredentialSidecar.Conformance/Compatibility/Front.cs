using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>What a client is told in the place of what the sidecar said.</summary>
internal sealed record FrontAnswer(int Status, JsonNode Body)
{
    public static FrontAnswer Of((int Status, JsonNode Body) answer) => new(answer.Status, answer.Body);

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
        this TaskFixture task, Func<int, FrontAnswer, FrontAnswer> change, Func<int, string>? destination = null) =>
        Of(async number => change(number, FrontAnswer.Of(await task.Sidecar.GetAsync(destination?.Invoke(number) ?? "reports"))));

    /// <param name="header">One more line for each answer's head.</param>
    public static RawServer Of(Func<int, Task<FrontAnswer>> answers, string header = "Cache-Control: no-store")
    {
        var requests = 0;
        return OfHeads(_ => answers(Interlocked.Increment(ref requests)), header);
    }

    /// <param name="answers">Is given the head of each request.</param>
    public static RawServer OfHeads(Func<string, Task<FrontAnswer>> answers, string header = "Cache-Control: no-store") =>
        RawServer.Custom(async (head, stream, stop) =>
        {
            var answer = await answers(head);
            var text = answer.Body.ToJsonString();
            await stream.WriteAsync(Encoding.UTF8.GetBytes(
                $"HTTP/1.1 {answer.Status} {(answer.Status == 503 ? "Service Unavailable" : "OK")}\r\n{header}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\n"
                + $"Connection: close\r\n\r\n{text}"), stop);
        });
}
