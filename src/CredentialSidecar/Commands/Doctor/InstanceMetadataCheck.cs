using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Shared;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>
/// Checks whether EC2 instance metadata is reachable: a client that does not use the sidecar gets the instance's role there.
/// </summary>
internal static class InstanceMetadataCheck
{
    public static readonly Uri Address = new("http://169.254.169.254/");

    // For the users whom the rule leaves alone.
    private const string Spared = " That rule never blocks root and the sidecar's uid; to test it, run the doctor as the "
        + "application's uid.";

    private const string Check = "instance metadata";
    private const string Lifetime = "X-aws-ec2-metadata-token-ttl-seconds";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <param name="address">The address of instance metadata; tests use another one.</param>
    /// <param name="networkMode">The network mode from task metadata; null if unknown.</param>
    public static async Task RunAsync(
        Examination examination, SidecarSettings settings, Uri address, string? networkMode, bool isKubernetes,
        CancellationToken cancellationToken)
    {
        using var token = new HttpRequestMessage(HttpMethod.Put, new Uri(address, "latest/api/token"));
        token.Headers.Add(Lifetime, "1");

        // Version 1 answers even if a hop limit of 1 blocks version 2.
        using var list = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "latest/meta-data/"));
        var answers = await Task.WhenAll(IsEc2Async(token, cancellationToken), IsEc2Async(list, cancellationToken));

        if (Array.TrueForAll(answers, isEc2 => !isEc2))
        {
            examination.Pass(Check, $"{address.Host} does not answer uid {SmallFile.UserId()} as EC2 does");
            return;
        }

        var isSpared = SmallFile.UserId() == "0" || SmallFile.UserId() == $"{settings.Interception.SidecarUid}";
        examination.Fail(
            Check,
            $"{address.Host} answers uid {SmallFile.UserId()}, so a client that does not use the sidecar gets the EC2 instance's role",
            Sentence(MetadataRemedy.For(networkMode, isKubernetes)) + (isSpared ? Spared : ""));
    }

    private static string Sentence(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}.";

    // Other clouds and proxies also answer on that address.
    private static async Task<bool> IsEc2Async(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var http =
                new HttpClient(DirectHttp.Handler(proxied: false)) { MaxResponseContentBufferSize = 64 * 1024, Timeout = Limit };
            using var response = await http.SendAsync(request, cancellationToken);
            var lines = (await response.Content.ReadAsStringAsync(cancellationToken)).Split('\n', StringSplitOptions.TrimEntries);

            return response.IsSuccessStatusCode
                && (response.Headers.Server.ToString() == "EC2ws"
                    || response.Headers.Contains(Lifetime)
                    || (lines.Contains("instance-id") && lines.Contains("ami-id")));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
