using System.Text.RegularExpressions;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>A user of an account in moto, which finds the account by the access key.</summary>
internal sealed record MotoAccount(string AccessKeyId, string SecretAccessKey)
{
    public static async Task<MotoAccount> CreateAsync(MotoServer moto, string account)
    {
        using var http = new HttpClient { BaseAddress = moto.Address };
        await CallAsync("CreateUser");
        var keys = await CallAsync("CreateAccessKey");
        return new MotoAccount(Of("AccessKeyId", keys), Of("SecretAccessKey", keys));

        async Task<string> CallAsync(string action)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/")
            {
                Content = new FormUrlEncodedContent(
                    [new("Action", action), new("Version", "2010-05-08"), new("UserName", "developer")]),
            };
            request.Headers.TryAddWithoutValidation("x-moto-account-id", account);
            request.Headers.TryAddWithoutValidation("Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0");
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            return text;
        }
    }

    /// <summary>A section of the AWS CLI's configuration.</summary>
    public string Profile(string name) =>
        $"[profile {name}]\naws_access_key_id = {AccessKeyId}\naws_secret_access_key = {SecretAccessKey}\nregion = eu-central-1\n";

    private static string Of(string name, string xml) => Regex.Match(xml, $"<{name}>([^<]+)</{name}>").Groups[1].Value;
}
