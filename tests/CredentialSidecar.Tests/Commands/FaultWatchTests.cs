using CredentialSidecar.Chains;
using CredentialSidecar.Commands;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>A background service that fails ends the process, and never as if it had been told to.</summary>
public sealed class FaultWatchTests
{
    [Fact]
    public async Task Memory_that_runs_out_in_a_background_service_ends_the_process_as_a_fault()
    {
        var ended = new TaskCompletionSource<(string What, Exception Fault)>();
        var strike = new TaskCompletionSource();
        await using var app = SidecarApp.Create(Settings.Load(), TaskIdentity.Unknown, services => services
            .AddSingleton<IHostLifetime, SidecarFixture.NoSignals>()
            .AddLogging(logging => logging.ClearProviders())
            .AddSingleton<EndProcess>((what, fault) => ended.SetResult((what, fault)))
            .AddSingleton<IHostedService>(new Failing(strike.Task)));
        await app.StartAsync(TestContext.Current.CancellationToken);
        Assert.False(ended.Task.IsCompleted);

#pragma warning disable CA2201 // The very exception that once ended the sidecar with exit code 0.
        strike.SetException(new OutOfMemoryException());
#pragma warning restore CA2201
        var (what, fault) = await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((nameof(Failing), typeof(OutOfMemoryException)), (what, fault.GetType()));
        Assert.False(app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    private sealed class Failing(Task until) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => until;
    }
}
