using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

/// <summary>Signs by hand and by the emulator's clock; the SDK would sign by the real one.</summary>
internal sealed class SignedSts(HttpClient http, Uri endpoint, TimeProvider clock)
{
    public string Region { get; init; } = "eu-central-1";

    public string Service { get; init; } = "sts";

    /// <summary>How far the signing clock is off.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>POST sends the parameters as a form, GET in the query.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Post;

    /// <summary>What a meddler does to the request between signing and sending.</summary>
    public Action<HttpRequestMessage>? Tamper { get; init; }

    public Task<StsReply> AssumeRoleAsync(Keys keys, string roleArn, params (string Name, string Value)[] more) =>
        CallAsync(keys, [("Action", "AssumeRole"), ("RoleArn", roleArn), ("RoleSessionName", "orders-1"), .. more]);

    public Task<StsReply> GetCallerIdentityAsync(Keys keys) => CallAsync(keys, ("Action", "GetCallerIdentity"));

    public async Task<StsReply> CallAsync(Keys keys, params (string Name, string Value)[] parameters)
    {
        var form = parameters.Append((Name: "Version", Value: "2011-06-15"))
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}");
        using var request = Sign(keys, string.Join('&', form));
        Tamper?.Invoke(request);
        var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new StsReply((int)response.StatusCode, text, response);
    }

    private HttpRequestMessage Sign(Keys keys, string parameters)
    {
        var (query, body) = Method == HttpMethod.Get ? (parameters, "") : ("", parameters);
        var time = (clock.GetUtcNow() + Skew).UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/{Region}/{Service}/aws4_request";
        var token = keys.Token is null ? "" : $"x-amz-security-token:{keys.Token}\n";
        var signed = keys.Token is null ? "host;x-amz-date" : "host;x-amz-date;x-amz-security-token";
        var canonical = $"{Method}\n/\n{query}\nhost:{endpoint.Authority}\nx-amz-date:{time}\n{token}\n{signed}\n{Hash(body)}";
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + keys.SecretAccessKey), Hmac);
        var signature = Convert.ToHexStringLower(Hmac(key, $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hash(canonical)}"));

        var request = new HttpRequestMessage(Method, new UriBuilder(endpoint) { Query = query }.Uri);
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        }

        request.Headers.Add("X-Amz-Date", time);
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={keys.AccessKeyId}/{scope}, SignedHeaders={signed}, Signature={signature}");
        if (keys.Token is not null)
        {
            request.Headers.Add("X-Amz-Security-Token", keys.Token);
        }

        return request;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
