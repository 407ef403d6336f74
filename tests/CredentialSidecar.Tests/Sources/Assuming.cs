using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredentialSidecar.Tests.Sources;

/// <summary>One hop by the real SDK, without an app around it, and failures that need no socket.</summary>
internal static class Assuming
{
    public const string Caller = "arn:aws:iam::111122223333:role/orders-task";

    public static TemporaryCredentials Signer { get; } = new(
        "ASIASIGNER",
        "signer-secret-0123456789",
        "signer-token-abcdefghijklmnop",
        Caller,
        DateTimeOffset.UnixEpoch,
        DateTimeOffset.MaxValue);

    public static Hop Hop { get; } = new()
    {
        Role = RoleArn.Parse(Settings.ReportsRole),
        SessionName = "test",
        Duration = TimeSpan.FromHours(1),
        Region = "eu-central-1",
    };

    public static readonly Uri Sts = new("https://sts.eu-central-1.amazonaws.com/");

    public static async Task<TemporaryCredentials> AsReportsAsync(
        Hop hop, TemporaryCredentials signer, params IEnumerable<(string Name, string? Value)> changes)
    {
        var settings = Settings.Load(changes);
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        using var clients = new StsClients(settings.Sts, TimeProvider.System);
        var assumer = new RoleAssumer(
            clients,
            new SecretMask(settings.Secrets, settings.ExternalIds, TimeProvider.System),
            services.GetRequiredService<SidecarMetrics>(),
            TimeProvider.System,
            NullLogger<RoleAssumer>.Instance);
        return await assumer.AssumeAsync(hop, new NodeLabel("reports", 1), signer, CancellationToken.None);
    }

    public static SecretMask Mask(params IEnumerable<(string Name, string? Value)> changes) =>
        MaskOf(Settings.Load(changes));

    public static SecretMask MaskOf(SidecarSettings settings) => new(settings.Secrets, settings.ExternalIds, TimeProvider.System);

    /// <summary>What becomes of an error of STS.</summary>
    public static CredentialException Answered(
        int status,
        string code,
        string message,
        Hop? hop = null,
        TemporaryCredentials? signer = null,
        TimeSpan skew = default,
        int number = 1) =>
        StsFailures.From(
            new Amazon.SecurityToken.AmazonSecurityTokenServiceException(message)
            {
                ErrorCode = code,
                StatusCode = (System.Net.HttpStatusCode)status,
                RequestId = "request-1",
            },
            new StsAttempt(hop ?? Hop, new NodeLabel("reports", number), signer ?? Signer, new Sending { Target = Sts }, skew, Mask()));

    /// <summary>What becomes of an exception without an answer.</summary>
    public static CredentialException Failed(Exception e, Sending? sending = null) => StsFailures.From(
        e, new StsAttempt(Hop, new NodeLabel("reports", 1), Signer, sending ?? new Sending { Target = Sts }, TimeSpan.Zero, Mask()));
}
