using CredentialSidecar.Launcher.Forwarding;
using CredentialSidecar.Launcher.Plan;

namespace CredentialSidecar.Launcher.Arguments;

/// <summary>Turns flags and variables into settings, and collects every mistake.</summary>
internal sealed class SettingsReader(CommandLine line, Variables environment, List<Mistake> mistakes)
{
    private readonly LaunchSettings _settings = new();

    public LaunchSettings Read()
    {
        ReadDestination();
        ReadEndpoint();
        ReadTokenFile();
        ReadWait();
        ReadSidecarUid();
        _settings.AllowImds = ReadSwitch(Flag.AllowImds);
        _settings.Forward = ReadSwitch(Flag.Forward);
        ReadSocket();

        // Kubernetes sets SIDECAR_HEALTH_PORT=tcp://... beside a Service of that name, which is not a mistake in this container.
        _settings.HealthPort = Numbers.TryPort(Find(Flag.HealthPort)?.Value ?? "", out var port) ? port : LaunchSettings.DefaultHealthPort;

        foreach (var value in line.ValuesOf(Flag.Allow) is { Count: > 0 } given ? given : [environment[Flag.Allow.Variable!] ?? ""])
        {
            _settings.Allowed.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }

        return _settings;
    }

    private Given? Find(Flag flag) => Given.Find(flag, line, environment);

    private void ReadDestination()
    {
        if ((Find(Flag.Get) ?? Find(Flag.Destination)) is { } given)
        {
            _settings.Destination = given.Value;

            if (!DestinationName.IsValid(given.Value))
            {
                mistakes.Add(given.Wrong("must be a destination's name as the sidecar has it: 1 to 64 of a-z, 0-9, _ and -."));
            }

            if (given.Origin == Flag.Get.Name && line.Has(Flag.Destination))
            {
                mistakes.Add(given.Wrong($"has a destination, and {Flag.Destination.Name} has one too; keep one of them."));
            }
        }
    }

    private void ReadEndpoint()
    {
        var (endpoint, port) = (Find(Flag.Endpoint), Find(Flag.Port));

        if (endpoint is not null && port is not null)
        {
            mistakes.Add(port.Wrong($"is given together with {endpoint.Origin}, which already contains a port; keep one of them."));
        }
        else if (endpoint is not null)
        {
            if (Endpoint.Read(endpoint.Value, out var why) is { } read)
            {
                _settings.Endpoint = read;
            }
            else
            {
                mistakes.Add(endpoint.Wrong(why));
            }
        }
        else if (ReadPort(port) is { } number)
        {
            _settings.Endpoint = new Endpoint(false, Endpoint.Loopback, number);
        }
    }

    /// <summary>Separate from the other settings, because a probe needs nothing else.</summary>
    public int ReadHealthPort() => ReadPort(Find(Flag.HealthPort)) ?? LaunchSettings.DefaultHealthPort;

    private int? ReadPort(Given? given)
    {
        if (given is null)
        {
            return null;
        }

        if (!Numbers.TryPort(given.Value, out var port))
        {
            mistakes.Add(given.Wrong($"is {Numbers.PortsExpected}."));
        }

        return port;
    }

    private void ReadTokenFile()
    {
        _settings.TokenFile = Find(Flag.TokenFile)?.Value;

        if (Find(Flag.TokenFile) is { } given && !given.Value.StartsWith('/'))
        {
            mistakes.Add(given.Wrong("must be an absolute path, because the program may change its directory."));
        }
    }

    private void ReadSidecarUid()
    {
        if (Find(Flag.SidecarUid) is { } given)
        {
            if (SidecarUid.Read(given.Value) is { } uid)
            {
                _settings.SidecarUid = uid;
            }
            else
            {
                mistakes.Add(given.Wrong($"{SidecarUid.Expected}."));
            }
        }
    }

    private bool ReadSwitch(Flag flag)
    {
        var given = Find(flag);

        if (given?.Value is not (null or "true" or "false"))
        {
            mistakes.Add(given.Wrong("must be true or false."));
        }

        return line.Has(flag) || given?.Value is "true";
    }

    private void ReadSocket()
    {
        if (Find(Flag.Socket) is { } given)
        {
            _settings.Socket = given.Value;

            if (!given.Value.StartsWith('/') || given.Value.Length >= ForwardOrder.PathSize)
            {
                mistakes.Add(given.Wrong("must be an absolute path of at most 107 bytes, which is the limit of a Unix socket."));
            }
            else if (!_settings.Forward)
            {
                mistakes.Add(given.Wrong($"names the socket of a forwarder; add {Flag.Forward.Name}."));
            }
        }

        if (_settings is { Forward: true, Endpoint.Secure: true })
        {
            mistakes.Add(new Mistake(ExitCodes.Usage, $"{Flag.Forward.Name} cannot use https; leave {Flag.Endpoint.Name} out."));
        }
    }

    private void ReadWait()
    {
        var given = Find(Flag.Wait);

        if (given is not null && Numbers.TryMilliseconds(given.Value, out var wait))
        {
            _settings.Wait = wait;
        }
        else if (given is not null)
        {
            mistakes.Add(given.Wrong($"{Numbers.TimesExpected}."));
        }

        if (_settings.Endpoint.Secure)
        {
            if (given is not null && _settings.Wait > 0)
            {
                mistakes.Add(given.Wrong("cannot be used with https, which the launcher does not speak; remove it or set it to 0."));
            }

            _settings.Wait = 0;
        }
    }
}
