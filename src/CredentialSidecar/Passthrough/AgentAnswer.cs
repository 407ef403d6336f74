using System.Globalization;
using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace CredentialSidecar.Passthrough;

/// <summary>Forwards the agent's answer unchanged, except where HTTP forbids that.</summary>
internal abstract class AgentAnswer : HttpTransformer
{
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse,
        CancellationToken cancellationToken)
    {
        try
        {
            var hasBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);

            if (proxyResponse?.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.ResetContent))
            {
                return hasBody;
            }

            // 204 and 205 have no body (RFC 9110, 15.3.5 and 15.3.6); with a Content-Length, Kestrel would wait for one.
            httpContext.Response.ContentLength = null;
            return false;
        }
        catch (InvalidOperationException e)
        {
            throw new UnfitAnswerException(string.Create(CultureInfo.InvariantCulture,
                $"answered {(int?)proxyResponse?.StatusCode} with a header that has characters other than visible ASCII"), e);
        }
    }
}
