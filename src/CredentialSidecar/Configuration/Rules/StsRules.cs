using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Reads the standard variables for STS. Each works as in the AWS SDKs, or is rejected.</summary>
internal static class StsRules
{
    public const string Ignore = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
    public const string Fips = "AWS_USE_FIPS_ENDPOINT";
    public const string DualStack = "AWS_USE_DUALSTACK_ENDPOINT";

    private const string Own = "AWS_ENDPOINT_URL_STS";
    private const string Shared = "AWS_ENDPOINT_URL";
    private const string Bundle = "AWS_CA_BUNDLE";
    private const string SystemFile = "SSL_CERT_FILE";

    // The bundles of distributions have some 250 kB.
    private const int LargestBundle = 4 * 1024 * 1024;

    public static StsSettings Find(SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        Between("Sts:Timeout", options.Sts.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Between("Sts:ConnectTimeout", options.Sts.ConnectTimeout, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));
        findings.Require(options.Sts.ConnectTimeout <= options.Sts.Timeout, "Sts:ConnectTimeout",
            $"is {Durations.Format(options.Sts.ConnectTimeout)}, longer than {findings.NameOf("Sts:Timeout")}, which is "
            + $"{Durations.Format(options.Sts.Timeout)}; the call would time out before its connection");

        var (fips, dualStack) = (Flag(Fips, environment, findings), Flag(DualStack, environment, findings));
        var isIgnored = Flag(Ignore, environment, findings) == true;
        var variable = environment[Own] is null ? Shared : Own;
        var endpoint = isIgnored ? null : ReadEndpoint(variable, options, environment, findings);

        if (endpoint is not null)
        {
            RefuseBeside(endpoint, variable, Fips, fips, findings);
            RefuseBeside(endpoint, variable, DualStack, dualStack, findings);
            RefuseOther(endpoint, variable, findings);
        }

        CheckBundle(environment[Bundle], findings);
        CheckSystem(environment[SystemFile], findings);

        // A proxy cannot reach loopback and link-local addresses.
        var isNear = endpoint?.Scheme == "http" && PlainHttp.StaysNear(endpoint);
        var proxy = isNear ? null : ProxyRules.Find(endpoint?.Scheme ?? "https", environment, findings);
        return new StsSettings(endpoint, variable, fips, dualStack, environment[Bundle], proxy, options.Sts.Timeout,
            options.Sts.ConnectTimeout);

        void Between(string path, TimeSpan value, TimeSpan least, TimeSpan most) =>
            findings.Require(value >= least && value <= most, path,
                $"is {Durations.Format(value)}; expected {Durations.Format(least)} to {Durations.Format(most)}");
    }

    /// <summary>A call that is signed for one region is refused by the STS of another.</summary>
    public static void CheckRegion(StsSettings sts, string path, string region, Findings findings)
    {
        if (sts.EndpointRegion is { } other && other != region)
        {
            findings.Wrong(sts.EndpointVariable,
                $"is {sts.Endpoint!.Scheme}://{sts.Endpoint.Authority}, the STS of {other}, but {path} is signed for {region}, "
                + $"which that STS rejects; remove {sts.EndpointVariable} to use each region's own STS, or set the region to {other}");
        }
    }

    private static Uri? ReadEndpoint(string variable, SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        var sts = HttpAddress.Read(variable, environment[variable], findings, example: "https://sts.eu-central-1.amazonaws.com");
        findings.Require(sts is null || options.Sts.AllowPlainHttp || PlainHttp.StaysNear(sts), variable,
            $"is {sts?.Scheme}://{sts?.Authority}, where anyone on the network path can read sessions; "
            + "use https, or allow it by SIDECAR_Sts__AllowPlainHttp=true");
        return sts;
    }

    // The SDK's endpoint rules reject both together, at each call.
    private static void RefuseBeside(Uri endpoint, string variable, string flag, bool? value, Findings findings) =>
        findings.Require(value != true, flag,
            $"is true, and {variable} is set ({endpoint.Scheme}://{endpoint.Authority}), which AWS SDKs reject together; "
            + $"unset one of them, or set {Ignore}=true to use the region's own STS");

    private static void RefuseOther(Uri endpoint, string variable, Findings findings)
    {
        var service = StsHost.ServiceOf(endpoint.Host);
        findings.Require(service is null or "sts", variable,
            $"is {endpoint.Scheme}://{endpoint.Authority}, an endpoint of {service}, which does not know sts:AssumeRole; "
            + $"set AWS_ENDPOINT_URL_{service?.ToUpperInvariant()} for that service only, or {Ignore}=true here");

        if (variable == Shared && service is null)
        {
            findings.Warn(variable,
                $"sends sts:AssumeRole to {endpoint.Scheme}://{endpoint.Authority}, as in AWS SDKs; "
                + $"if that endpoint is not an STS, set {Ignore}=true or {Own} here");
        }
    }

    private static void CheckBundle(string? path, Findings findings)
    {
        if (path is null)
        {
            return;
        }

        var content = SmallFile.Read(path, LargestBundle);

        if (content.Bytes is null)
        {
            findings.Wrong(Bundle,
                $"is {Shown.Quoted(path)}, which {content.Problem}; "
                + $"{content.Remedy("set it to a file of PEM certificates, or unset it to trust the system's")}");
            return;
        }

        findings.Doubt(Bundle, content);
        findings.Require(Certificates(content.Bytes) is > 0, Bundle,
            $"is {Shown.Quoted(path)}, which holds no certificate that can be read; expected PEM, with BEGIN CERTIFICATE");
    }

    /// <summary>.NET reads the file for every connection, and silently continues if it cannot.</summary>
    private static void CheckSystem(string? path, Findings findings)
    {
        if (path is null)
        {
            return;
        }

        var content = SmallFile.Read(path, LargestBundle);
        var problem = content.Bytes is not { } bytes ? content.Problem
            : Certificates(bytes) > 0 ? null
            : "holds no certificate that can be read";

        if (problem is not null)
        {
            findings.Warn(SystemFile,
                $"is {Shown.Quoted(path)}, which {problem}; no authority is trusted, so most TLS connections will fail");
        }
    }

    private static int Certificates(byte[] pem)
    {
        var found = new X509Certificate2Collection();

        try
        {
            found.ImportFromPem(Encoding.Latin1.GetString(pem));
            return found.Count;
        }
        catch (CryptographicException)
        {
            return 0;
        }
        finally
        {
            foreach (var certificate in found)
            {
                certificate.Dispose();
            }
        }
    }

    private static bool? Flag(string name, ProcessEnvironment environment, Findings findings)
    {
        var value = environment[name];
        var isFlag = bool.TryParse(value, out var flag);
        findings.Require(value is null || isFlag, name, $"is {Shown.Quoted(value)}; expected true or false");
        return isFlag ? flag : null;
    }
}
