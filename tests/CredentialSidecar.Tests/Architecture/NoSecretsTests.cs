using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>Runs the whole app with its real clients and the log level Trace.</summary>
/// <remarks>No log line, and no answer to a stranger, may hold eight characters of a secret.</remarks>
public sealed class NoSecretsTests
{
    private const string Token = "canary-token-5f1c9e7a2b8d4036-71";

    [Fact]
    public async Task No_log_line_status_or_error_holds_a_piece_of_a_secret_at_any_level()
    {
        await using var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions(), TimeProvider.System, TestContext.Current.CancellationToken);
        var settings = Settings.Load([
            .. Settings.NoReports,
            .. Settings.Destination("reports", DefaultWorld.Reports),
            ("SIDECAR_Destinations__reports__Hops__0__ExternalId", DefaultWorld.ExternalId),
            .. Settings.Destination("denied", DefaultWorld.Denied),
            ("SIDECAR_TOKEN", Token),
            ("SIDECAR_Logging__Level", "Trace"),
            ("SIDECAR_SOURCE_ENDPOINT", emulator.AgentEndpoint.ToString()),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri),
            ("AWS_ENDPOINT_URL_STS", emulator.StsEndpoint.ToString()),
        ]);
        var logs = new CollectedLogs();
        var said = new ConcurrentQueue<string>();
        string served;
        using var metrics = Measure(said);

        await using (var app = SidecarApp.Create(settings, TaskIdentity.Unknown, services => services
            .AddSingleton<IHostLifetime, SidecarFixture.NoSignals>()
            .AddLogging(logging => logging.ClearProviders().AddProvider(logs))))
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
            await SidecarFixture.UntilTriedAsync(app.Services.GetRequiredService<CredentialSidecar.Caching.CurrentTree>()());
            served = await GetAsync(addresses[0] + "/v1/credentials/reports", Token, 200);

            said.Enqueue(await GetAsync(addresses[0] + "/v1/credentials/reports", Token[..^1] + "x", 401));
            said.Enqueue(await GetAsync(addresses[0] + "/v1/credentials/reports/" + Token, Token, 404));
            said.Enqueue(await GetAsync(addresses[0] + "/v1/credentials/denied", Token, 403));
            said.Enqueue(await GetAsync(addresses[1] + "/status", null, 200));
            said.Enqueue(await GetAsync(addresses[1] + "/readyz", null, 503));
            said.Enqueue(settings.ToString());
            said.Enqueue(settings.Source.ToString());

            foreach (var kind in new[] { FaultKind.Html, FaultKind.Truncated, FaultKind.Reset, FaultKind.ExpiredSession })
            {
                emulator.Faults.Add(new Fault(FaultTarget.Sts, kind, Times: 1));
                await Assert.ThrowsAnyAsync<CredentialException>(async () => await RenewOnceAsync(app.Services));
            }
        }

        var members = System.Text.Json.JsonDocument.Parse(served).RootElement;
        string[] secrets =
        [
            Token, DefaultWorld.ExternalId, emulator.RelativeUri.Split('/')[^1],
            members.GetProperty("SecretAccessKey").GetString()!, members.GetProperty("Token").GetString()!,
            await GetAsync(emulator.CredentialsUri.ToString(), null, 200) is var task
                ? System.Text.Json.JsonDocument.Parse(task).RootElement.GetProperty("SecretAccessKey").GetString()!
                : "",
            System.Text.Json.JsonDocument.Parse(task).RootElement.GetProperty("Token").GetString()!,
        ];

        Assert.NotEmpty(logs.Lines);
        Assert.Contains(said, text => text.StartsWith("credential_sidecar.refusals reason Unauthorized", StringComparison.Ordinal));
        Assert.All(logs.Lines.Select(line => $"{line.Text} {line.Exception}").Concat(said), new SecretScan(secrets).Check);
    }

    // Every tag of every measurement, of the sidecar and of the framework.
    private static MeterListener Measure(ConcurrentQueue<string> said)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Keep(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Keep(instrument, tags));
        listener.Start();
        return listener;

        void Keep(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                said.Enqueue($"{instrument.Name} {tag.Key} {tag.Value}");
            }
        }
    }

    // Without the quick retries, which would hide a fault that strikes once.
    private static async Task RenewOnceAsync(IServiceProvider services)
    {
        var source = services.GetRequiredService<CredentialSidecar.Chains.ISigner>();
        var clients = services.GetRequiredService<CredentialSidecar.Sources.StsClients>();
        var chains = services.GetRequiredService<SidecarSettings>().Chains(TaskIdentity.Unknown);
        var hop = chains.Single(chain => chain.Destination == "reports").Hops[0];
        var (signer, sending) = (await source.ReadAsync(CancellationToken.None), new CredentialSidecar.Sources.Sending());
        using var client = clients.Create(hop.Region, signer, sending);

        try
        {
            var answer = await client.AssumeRoleAsync(new()
            {
                RoleArn = hop.Role.Text,
                RoleSessionName = "canary",
                ExternalId = hop.ExternalId,
                DurationSeconds = 3600,
            });
            throw new CredentialException(CredentialFailure.StsUnavailable, $"ended at {answer.Credentials.Expiration:O}");
        }
        catch (Exception e) when (e is not CredentialException)
        {
            var mask = services.GetRequiredService<CredentialSidecar.Sources.SecretMask>();
            var failure = CredentialSidecar.Sources.StsFailures.From(
                e, new(hop, new NodeLabel("reports", 1), signer, sending, TimeSpan.Zero, mask));
            services.GetRequiredService<ILogger<NoSecretsTests>>()
                .LogWarning(failure, "{Message} {Advice}", failure.ForOperator, failure.Advice);
            throw failure;
        }
    }

    private static async Task<string> GetAsync(string uri, string? token, int status)
    {
        using var client = new HttpClient();

        if (token is not null)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        }

        using var response = await client.GetAsync(new Uri(uri), TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
