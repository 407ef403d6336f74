using System.Globalization;
using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace CredentialSidecar.Passthrough;

/// <summary>Passes the agent's answer on unchanged, except where HTTP forbids that.</summary>
internal abstract class AgentAnswer : HttpTransformer
{
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        try
        {
            var hasBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);

            if (proxyResponse?.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.ResetContent))
            {
                return hasBody;
            }

            // These have no body (RFC 9110, 15.3.5 and 15.3.6), and Kestrel would wait for as many bytes as a length announces.
            httpContext.Response.ContentLength = null;
            return false;
        }
        catch (InvalidOperationException e)
        {
            throw new UnfitAnswerException(string.Create(CultureInfo.InvariantCulture, $"answered {(int?)proxyResponse?.StatusCode} with a header that holds something other than visible ASCII"), e);
        }
    }
}
