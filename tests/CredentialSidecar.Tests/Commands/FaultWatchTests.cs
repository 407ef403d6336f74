using System.Net;
using CredentialSidecar.Chains;
using CredentialSidecar.Commands;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using Microsoft.AspNetCore.Connections;
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

    [Fact]
    public async Task Memory_that_runs_out_in_a_listener_ends_the_process_as_a_fault()
    {
        var ended = new TaskCompletionSource<(string What, Exception Fault)>();
        var listener = new FailingListener();
        await using var app = SidecarApp.Create(Settings.Load(), TaskIdentity.Unknown, services => services
            .AddSingleton<IHostLifetime, SidecarFixture.NoSignals>()
            .AddLogging(logging => logging.ClearProviders())
            .AddSingleton<EndProcess>((what, fault) => ended.TrySetResult((what, fault))));
        var factory = Assert.Single(app.Services.GetServices<IConnectionListenerFactory>().OfType<WatchedSockets>());
        var row = new Listener(ListenerKind.Credentials, new IPEndPoint(IPAddress.Loopback, 0), "Listen:Port");
        await using var real =
            await factory.BindAsync(new ListenerEndPoint((IPEndPoint)row.Address, row), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, ((IPEndPoint)real.EndPoint).Port);

        await using var watched = new WatchedSockets.Watched(listener, app.Services.GetRequiredService<EndProcess>());
        await Assert.ThrowsAsync<OutOfMemoryException>(async () => await watched.AcceptAsync(TestContext.Current.CancellationToken));
        Assert.True(ended.Task.IsCompleted, "nothing was told");
        var (what, fault) = await ended.Task;

        Assert.Equal(("the listener of 127.0.0.1:0", typeof(OutOfMemoryException)), (what, fault.GetType()));
    }

    private sealed class FailingListener : IConnectionListener
    {
        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 0);

#pragma warning disable CA2201 // As the kernel's refusal of memory reaches Kestrel.
        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => throw new OutOfMemoryException();
#pragma warning restore CA2201

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }

    private sealed class Failing(Task until) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => until;
    }
}
