using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Health;
using CredentialSidecar.Refreshing;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Hosting;

/// <summary>Applies the settings that need nothing else.</summary>
internal delegate void SettingsFollower(SidecarSettings next);

/// <summary>Loads the configuration again and serves it. If it has mistakes, changes nothing and reports them.</summary>
internal sealed partial class ConfigurationReload(
    ConfigurationOrigin origin, SidecarSettings first, TaskIdentity task, Served served, ISigner source,
    TreeBuilder builder, TokenKeeper tokens, ClientBook book,
    SessionRefresher refresher, Renewer renewer, IEnumerable<SettingsFollower> followers, ConfigurationState state,
    SidecarMetrics metrics, TimeProvider clock, ILogger<ConfigurationReload> logger) : IDisposable
{
    // Requests with the former snapshot have ended after that time.
    private static readonly TimeSpan EraseAfter = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _alone = new(1, 1);
    private readonly SidecarSettings _start = first;
    private SidecarSettings _current = first;
    private readonly HashSet<string> _warned = [.. origin.Warnings.Select(warning => $"{warning}")];
    private int _erasing;

    /// <summary>How many reloads have sessions left to erase.</summary>
    public int Erasing => Volatile.Read(ref _erasing);

    public async Task<ReloadResult> RunAsync(CancellationToken cancellationToken)
    {
        await _alone.WaitAsync(cancellationToken);

        try
        {
            var result = await LoadAsync(cancellationToken);
            metrics.Reloaded(result.Mistakes.Count > 0 ? "rejected" : result.IsApplied ? "applied" : "unchanged");
            return result;
        }
        finally
        {
            _alone.Release();
        }
    }

    public void Dispose() => _alone.Dispose();

    private async Task<ReloadResult> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (loaded, warnings) = SettingsLoader.Load(origin.Environment, origin.File);
            var needRestart = new ChangedKeys(_start.Options, loaded.Options).NeedRestart.Select(loaded.NameOf).ToArray();
            var changed = new ChangedKeys(_current.Options, loaded.Options);

            if (!changed.CanReload && !tokens.HasUnwritten)
            {
                return Unchanged(needRestart);
            }

            var next = Merged(loaded);
            await SourceCheck.RunAsync(source, next, cancellationToken);
            var result = Apply(loaded, next, changed, needRestart) with { Warnings = Warn(warnings) };
            state.Applied(needRestart);
            Log.Reloaded(logger, result.Summary);
            return result;
        }
        catch (ConfigurationMistakesException e)
        {
            return Rejected(e.Mistakes);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // The former configuration is served, which is better than an end of the process.
            Log.Failed(logger, e);
            return Rejected([new Mistake("The sidecar", "had an internal error while it loaded the configuration; see its log")]);
        }
    }

    // A warning of the start, or of an earlier reload, is in the log already.
    private string[] Warn(IReadOnlyList<Mistake> warnings)
    {
        foreach (var warning in warnings.Where(warning => _warned.Add($"{warning}")))
        {
            Log.Warning(logger, warning.Key, warning.Text);
        }

        return [.. warnings.Select(warning => $"{warning}")];
    }

    private ReloadResult Unchanged(string[] needRestart)
    {
        var result = ReloadResult.Unchanged(needRestart);

        if (state.Unchanged(needRestart))
        {
            Log.Unchanged(logger, result.Summary);
        }

        return result;
    }

    private ReloadResult Rejected(IReadOnlyList<Mistake> mistakes)
    {
        // Log each mistake once, even if the configuration is loaded often.
        if (state.Rejected(mistakes))
        {
            foreach (var mistake in mistakes)
            {
                Log.Rejected(logger, mistake.Key, mistake.Text);
            }
        }

        return ReloadResult.Rejected(mistakes);
    }

    /// <summary>The new configuration, with the current values of keys that need a restart.</summary>
    private SidecarSettings Merged(SidecarSettings loaded) => _start with
    {
        Options = loaded.Options,
        Destinations = loaded.Destinations,
        Region = loaded.Region,
        Access = loaded.Access with
        {
            Clients = [.. loaded.Access.Clients.Select(client => client.Name != ClientSettings.Default ? client
                : client with { Directory = _start.Access.SharedDirectory })],
            AllowAnonymous = _start.Access.AllowAnonymous,
            SharedDirectory = _start.Access.SharedDirectory,
            KeepTokens = _start.Access.KeepTokens,
        },
        Refresh = loaded.Refresh,
        Logging = loaded.Logging,
        NameOf = loaded.NameOf,
    };

    private ReloadResult Apply(SidecarSettings loaded, SidecarSettings next, ChangedKeys changed, string[] needRestart)
    {
        var chains = next.Chains(task);
        _ = StsEndpoints.Resolve(next.Sts, next.Regions(task));
        KeptSettings.Check(_start, _current, loaded, next);

        // A rotation in between would end the token that this reload counts as current.
        using var alone = tokens.Changing.EnterScope();
        using var pending = tokens.Prepare(next.Access, next.NameOf, origin.Launcher);
        next = next with { Access = pending.Access };

        foreach (var follower in followers)
        {
            follower(next);
        }

        var former = served.Current.Tree;
        var tree = builder.Build(chains, former);
        served.Swap(current => new Snapshot(tree, next.Clients, next.Intercepted) { Tokens = book.Next(current.Tokens, next.Access) });
        refresher.Follow();
        var problems = tokens.Follow(pending);
        renewer.Forget(former);
        _ = EraseLaterAsync([.. former.Nodes.Except(tree.Nodes)]);
        var result = ReloadResult.Applied((former, _current.Clients), (tree, next.Clients), changed.Settings, problems, needRestart);
        _current = next;
        return result;
    }

    private async Task EraseLaterAsync(IReadOnlyList<SessionNode> gone)
    {
        if (gone.Count > 0)
        {
            Interlocked.Increment(ref _erasing);
            await Task.Delay(EraseAfter, clock, CancellationToken.None);
            Interlocked.Decrement(ref _erasing);

            foreach (var node in gone)
            {
                node.Erase();
            }
        }
    }
}
