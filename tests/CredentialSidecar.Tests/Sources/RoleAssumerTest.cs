using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredentialSidecar.Tests.Sources;

/// <summary>Calls a scripted STS with the real SDK.</summary>
public abstract class RoleAssumerTest
{
    private protected static readonly TemporaryCredentials Signer = new(
        "ASIASIGNER", "signer-secret", "signer-token", null, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);

    internal static Hop Hop() => new()
    {
        Role = RoleArn.Parse(Settings.ReportsRole),
        SessionName = "test",
        Duration = TimeSpan.FromHours(1),
        Region = "eu-central-1",
    };

    internal static async Task<TemporaryCredentials> AssumeAsync(
        Uri sts, Hop? hop = null, CollectedLogs? logs = null, TemporaryCredentials? signer = null)
    {
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        var settings = Settings.Load(("AWS_ENDPOINT_URL_STS", sts.ToString()));
        using var clients = new StsClients(settings.Sts, TimeProvider.System);
        var assumer = new RoleAssumer(
            clients,
            new SecretMask(settings.Secrets, settings.ExternalIds, TimeProvider.System),
            services.GetRequiredService<SidecarMetrics>(),
            TimeProvider.System,
            logs is null ? NullLogger<RoleAssumer>.Instance : logs.For<RoleAssumer>());
        return await assumer.AssumeAsync(hop ?? Hop(), new NodeLabel("reports", 1), signer ?? Signer, CancellationToken.None);
    }

    private protected static DateTime Ending(TimeSpan? lifetime) =>
        TimeProvider.System.GetUtcNow().UtcDateTime + (lifetime ?? TimeSpan.FromHours(1));

    internal static string Answer(TimeSpan? lifetime = null, string arn = "arn:aws:sts::555566667777:assumed-role/reports/test") => $"""
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <AssumedRoleUser><AssumedRoleId>AROA:test</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>
        <Credentials><AccessKeyId>ASIANEW</AccessKeyId><SecretAccessKey>new-secret</SecretAccessKey><SessionToken>new-token</SessionToken>
        <Expiration>{Ending(lifetime):yyyy-MM-ddTHH:mm:ssZ}</Expiration></Credentials>
        </AssumeRoleResult><ResponseMetadata><RequestId>req-0</RequestId></ResponseMetadata></AssumeRoleResponse>
        """;
}
