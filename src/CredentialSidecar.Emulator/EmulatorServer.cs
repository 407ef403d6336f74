using System.Net;
using CredentialSidecar.Emulator.Agent;
using CredentialSidecar.Emulator.Calls;
using CredentialSidecar.Emulator.Control;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Sts;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator;

/// <summary>A running emulator: an ECS agent, an STS, and the controls of both.</summary>
internal sealed class EmulatorServer : IAsyncDisposable
{
    private static readonly TimeSpan AgentPatience = TimeSpan.FromSeconds(5);

    private readonly EmulatorState _state;
    private readonly TaskRole _taskRole;
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication[]? _servers;

    private EmulatorServer(World world, TimeProvider clock)
    {
        _state = new EmulatorState(world, clock);
        _taskRole = new TaskRole(_state);
    }

    /// <summary>Where the agent listens, as <c>http://127.0.0.1:PORT/</c>.</summary>
    public Uri AgentEndpoint { get; private set; } = null!;

    /// <summary>The value for <c>AWS_CONTAINER_CREDENTIALS_RELATIVE_URI</c>.</summary>
    public string RelativeUri { get; private set; } = "";

    /// <summary>The value for <c>AWS_CONTAINER_CREDENTIALS_FULL_URI</c>.</summary>
    public Uri CredentialsUri => new(AgentEndpoint, RelativeUri);

    /// <summary>The value for <c>ECS_CONTAINER_METADATA_URI_V4</c>.</summary>
    public Uri MetadataUri { get; private set; } = null!;

    public Uri StsEndpoint { get; private set; } = null!;

    public Uri ControlEndpoint { get; private set; } = null!;

    /// <summary>May be replaced at any time: a trust withdrawn here is refused from the next call on.</summary>
    /// <exception cref="WorldException">The new world contradicts itself.</exception>
    public World World
    {
        get => _state.World;
        set => _state.World = value;
    }

    public FaultBoard Faults => _state.Faults;

    public CallLog Calls => _state.Calls;

    /// <exception cref="IOException">A port is in use.</exception>
    /// <exception cref="WorldException">The world contradicts itself.</exception>
    public static async Task<EmulatorServer> StartAsync(EmulatorOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var emulator = new EmulatorServer(options.World ?? DefaultWorld.Create(), clock);
        await emulator.ListenAsync(options, cancellationToken);
        return emulator;
    }

    /// <summary>Gives the task role new credentials; earlier credentials stay valid until they expire.</summary>
    public void RotateTaskRole() => _taskRole.Rotate();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _servers, null) is not { } servers)
        {
            return;
        }

        // First, so that requests delayed by a slow fault do not delay the stop.
        await _stopping.CancelAsync();
        await Task.WhenAll(servers.Select(server => server.StopAsync()));

        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task ListenAsync(EmulatorOptions options, CancellationToken cancellationToken)
    {
        var credentials = new CredentialsPages(_taskRole, options.CredentialsId);
        var metadata = new MetadataPages(_state, _taskRole, options.ContainerId);
        var agent = new AgentEndpoint(_state, credentials, metadata, _stopping.Token);
        var sts = new StsEndpoint(_state, _stopping.Token);
        var control = new ControlEndpoint(_state, _taskRole);

        // A separate server, because Kestrel's time limits apply to a server and not to a listener.
        var (agentServer, agentAddresses) = await Listeners.StartAsync(
            [(options.Address, options.AgentPort, agent.HandleAsync)], cancellationToken, AgentPatience);

        try
        {
            var (server, addresses) = await Listeners.StartAsync(
                [
                    (options.Address, options.StsPort, sts.HandleAsync),
                    (IPAddress.Loopback, options.ControlPort, control.HandleAsync),
                ],
                cancellationToken);
            _servers = [agentServer, server];
            (AgentEndpoint, StsEndpoint, ControlEndpoint) = (agentAddresses[0], addresses[0], addresses[1]);
        }
        catch
        {
            await agentServer.DisposeAsync();
            throw;
        }

        RelativeUri = credentials.RelativeUri;
        MetadataUri = new Uri(AgentEndpoint, $"/v4/{metadata.ContainerId}");
    }
}
