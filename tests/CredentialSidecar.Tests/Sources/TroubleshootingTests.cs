using System.Net.Sockets;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>docs/troubleshooting.md shows what the program prints, word for word.</summary>
public sealed partial class TroubleshootingTests
{
    private const string User =
        "User: arn:aws:sts::111122223333:assumed-role/orders-task/credential-sidecar-7a08 is not authorized to perform: ";
    private const string On = " on resource: arn:aws:iam::555566667777:role/reports";
    private const string Denied = User + "sts:AssumeRole" + On;

    private static readonly string Page = File.ReadAllText(Repository.File("docs", "troubleshooting.md"));
    private static readonly Sending ByProxy = new() { Target = Assuming.Sts, Proxy = new(
        "HTTPS_PROXY", new Uri("http://proxy.example:3128"), []) };
    private static readonly SdkProfile Dev = new("dev", "dev", SignIn.Unattended, IsFound: true);

    private static readonly Dictionary<string, Func<CredentialException>> Entries = new()
    {
        ["The caller's own policy does not allow the hop"] = () =>
            Refused(Denied + " because no identity-based policy allows the sts:AssumeRole action"),
        ["The trust policy does not allow the hop"] = () =>
            Refused(Denied + " because no role trust policy allows the sts:AssumeRole action"),
        ["STS does not tell which policy"] = () => Refused(Denied, Assuming.Hop with { ExternalId = "orders-7f3a" }),
        ["Session tags are not allowed"] = () => Refused(
            User + "sts:TagSession" + On + " because no identity-based policy allows the sts:TagSession action",
            Assuming.Hop with { Tags = [new SessionTag("team", "orders")] }),
        ["A permissions boundary is in the way"] = () =>
            Refused(Denied + " because no permissions boundary allows the sts:AssumeRole action"),
        ["A session policy is in the way"] = () =>
            Refused(Denied + " because no session policy allows the sts:AssumeRole action", number: 2),
        ["A service control policy denies it"] = () => Refused(Denied + " with an explicit deny in a service control policy"),
        ["A resource control policy denies it"] = () => Refused(Denied + " with an explicit deny in a resource control policy"),
        ["The policy of a VPC endpoint is in the way"] = () =>
            Refused(Denied + " because no VPC endpoint policy allows the sts:AssumeRole action"),
        ["A role assumes itself"] = () => Refused(
            User + "sts:AssumeRole on resource: " + Assuming.Caller + " because no role trust policy allows the sts:AssumeRole action",
            Assuming.Hop with { Role = RoleArn.Parse(Assuming.Caller) }),
        ["STS does not know the access key"] = () =>
            Assuming.Answered(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
        ["The session token has expired"] = () => Assuming.Answered(
            403, "ExpiredToken", "The security token included in the request is expired",
            signer: Assuming.Signer with { Variables = "AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN of the sidecar's environment" }),
        ["The region is not enabled"] = () => Assuming.Answered(
            403, "RegionDisabledException",
            "STS is not activated in this region for account:111122223333. " +
            "Your account administrator can activate STS in this region using the IAM Console."),
        ["The clock is wrong"] = () => Assuming.Answered(
            403,
            "SignatureDoesNotMatch",
            "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z",
            skew: TimeSpan.FromMinutes(10)),
        ["A name does not resolve"] = () => Assuming.Failed(Http(HttpRequestError.NameResolutionError, SocketError.HostNotFound)),
        ["A connection is refused"] = () => Assuming.Failed(Http(HttpRequestError.ConnectionError, SocketError.ConnectionRefused)),
        ["A network has no route for IPv4"] = () => Assuming.Failed(Http(HttpRequestError.ConnectionError, SocketError.NetworkUnreachable)),
        ["A connection is not answered"] = () => Assuming.Failed(new TaskCanceledException("", new TimeoutException())),
        ["A certificate is not trusted"] = () => Assuming.Failed(new HttpRequestException("", new CertificateException(
            CertificateFault.Trust,
            "its certificate is not trusted: no certificate authority that this container knows signed it (PartialChain)",
            "The certificate is of \"CN=sts.eu-central-1.amazonaws.com\", issued by \"CN=Example Corp Inspection Root\""))),
        ["AWS_CA_BUNDLE lacks the authority"] = () => Assuming.Failed(
            new HttpRequestException("", new CertificateException(
                CertificateFault.Trust,
                "its certificate is not trusted: no certificate authority that this container knows signed it (PartialChain)",
                "The certificate is of \"CN=sts.eu-central-1.amazonaws.com\", issued by \"CN=Amazon RSA 2048 M01\"")),
            new Sending { Target = Assuming.Sts, CaBundle = "/etc/corp.pem" }),
        ["Something else answers in the place of STS"] = () => Assuming.Failed(
            new System.Xml.XmlException("Root element is missing."), new Sending { Target = Assuming.Sts, Status = 200 }),
        ["STS asks for fewer calls"] = () => Assuming.Answered(400, "Throttling", "Rate exceeded"),
        ["STS refuses its input"] = () => Assuming.Answered(400, "MalformedPolicyDocument", "Syntax errors in policy."),
        ["A port does not speak TLS"] = () => Assuming.Failed(new HttpRequestException(
            "",
            new System.Security.Authentication.AuthenticationException(
                "Cannot determine the frame size or a corrupted frame was received."))),
        ["A proxy asks for a password"] = () => Assuming.Failed(Tunnel(407), ByProxy),
        ["A proxy does not allow the connection"] = () => Assuming.Failed(Tunnel(403), ByProxy),
        ["A proxy refuses connections"] = () =>
            Assuming.Failed(Http(HttpRequestError.ConnectionError, SocketError.ConnectionRefused), ByProxy),
        ["The SDK refuses the configuration"] = () => Assuming.Failed(
            new AmazonClientException("Invalid Configuration: FIPS and custom endpoint are not supported"), new Sending()),
        ["A profile signs in by SSO"] = () => Default(new AmazonClientException("x"), Dev with { By = SignIn.Sso }),
        ["A profile signs in by aws login"] = () => Default(new AmazonClientException("x"), Dev with { By = SignIn.Login }),
        ["A profile asks for an MFA code"] = () => Default(new AmazonClientException("x"), Dev with { By = SignIn.Mfa }),
        ["A profile does not exist"] = () => Default(new Amazon.Runtime.CredentialManagement.ProfileNotFoundException("x"), Dev),
        ["A credential process fails"] = () => Default(
            new ProcessAWSCredentialException("Command returned non-zero exit value 3 with the error - vault is sealed\n"), Dev),
        ["A token file is missing"] = () => Default(
            new InvalidOperationException(
                "A token could not be loaded from the WebIdentityTokenFile.",
                new FileNotFoundException("Could not find file '/var/run/secrets/token'.")),
            Dev),
    };

    private static readonly Dictionary<string, Func<CredentialException>> All = Entries.Concat(SourceSymptoms.Entries).ToDictionary();

    public static TheoryData<string> Symptoms => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Symptoms))]
    public void An_entry_shows_what_the_program_prints(string symptom)
    {
        var failure = All[symptom]();
        var block = $"### {symptom}\n\n```text\n{failure.ForOperator}\n{failure.Advice}\n```\n";
        Assert.True(Page.Contains(block, StringComparison.Ordinal), $"docs/troubleshooting.md lacks:\n{block}");
    }

    [Fact]
    public void The_page_has_no_other_entries() =>
        Assert.Equal(All.Keys.Order(), Headings().Matches(Page).Select(heading => heading.Groups[1].Value).Order());

    private static CredentialException Refused(string text, Hop? hop = null, int number = 1) =>
        Assuming.Answered(403, "AccessDenied", text, hop, number: number);

    private static CredentialException Default(Exception e, SdkProfile profile) => DefaultChainFailures.From(e, profile, Assuming.Mask());

    private static HttpRequestException Http(HttpRequestError error, SocketError socket) =>
        new(error, "", new SocketException((int)socket));

    private static HttpRequestException Tunnel(int status) => new(
        HttpRequestError.ProxyTunnelError,
        $"The proxy tunnel request to proxy 'http://proxy.example:3128/' failed with status code '{status}'.");

    [GeneratedRegex(@"^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
