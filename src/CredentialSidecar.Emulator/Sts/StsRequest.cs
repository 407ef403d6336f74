using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>A request in full, as the signature covers it, and the parameters of the query protocol within.</summary>
internal sealed record StsRequest(
    string Method,
    string Path,
    string Query,
    IHeaderDictionary Headers,
    byte[] Body,
    IReadOnlyDictionary<string, StringValues> Parameters)
{
    public string? this[string parameter] =>
        Parameters.TryGetValue(parameter, out var values) ? values[^1] : null;

    public static async Task<StsRequest> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);

        // The raw target: the signature is over what was sent, not over what the server made of it.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        var query = target.Length > 1 ? target[1] : "";

        var parameters = QueryHelpers.ParseQuery(query);
        if (context.Request.HasFormContentType)
        {
            foreach (var (name, value) in QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(body.ToArray())))
            {
                parameters[name] = value;
            }
        }

        return new StsRequest(context.Request.Method, target[0], query, context.Request.Headers, body.ToArray(), parameters);
    }
}
