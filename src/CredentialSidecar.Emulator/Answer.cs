using System.Text;

namespace CredentialSidecar.Emulator;

/// <summary>A response, complete before its first byte is sent, so that a fault can still spoil it.</summary>
internal sealed record Answer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    public Answer(int status, string contentType, string body)
        : this(status, contentType, Encoding.UTF8.GetBytes(body))
    {
    }

    /// <param name="largestWithLength">What is larger is sent in chunks.</param>
    public async Task SendAsync(HttpContext context, int largestWithLength = int.MaxValue)
    {
        context.Response.StatusCode = Status;
        if (ContentType.Length > 0)
        {
            context.Response.ContentType = ContentType;
        }

        // A 204 may have neither a length nor a body; writing even nothing ends its connection.
        if (Status == StatusCodes.Status204NoContent)
        {
            return;
        }

        context.Response.ContentLength = Body.Length <= largestWithLength ? Body.Length : null;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(Body, context.RequestAborted);
        }
    }
}
