using CredentialSidecar.Access;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace CredentialSidecar.Hosting;

/// <summary>The lowest level that is logged. Setting it takes effect at once: the logger factory reads its filters again.</summary>
internal sealed class LogLevelSwitch(LogLevel first)
    : IConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>
{
    private ConfigurationReloadToken _changed = new();
    private LogLevel _level = first;

    public LogLevel Level
    {
        get => _level;
        set
        {
            if (value != _level)
            {
                _level = value;
                Interlocked.Exchange(ref _changed, new ConfigurationReloadToken()).OnReload();
            }
        }
    }

    string? IOptionsChangeTokenSource<LoggerFilterOptions>.Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => Volatile.Read(ref _changed);

    public void Configure(LoggerFilterOptions options)
    {
        var framework = _level > LogLevel.Warning ? _level : LogLevel.Warning;
        options.MinLevel = _level;

        // The framework's lines matter only as warnings; its per-request lines contain paths and headers.
        options.AddFilter("Microsoft", framework);
        options.AddFilter("System", framework);

        // Kestrel would log a port in use as a stack trace.
        options.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // YARP would log forwarded paths, which may be secret.
        options.AddFilter("Yarp", LogLevel.None);

        // Whether the audit is written at all is its own setting.
        options.AddFilter(AuditTrail.Category, LogLevel.Information);
    }
}
