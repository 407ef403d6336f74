using CredentialSidecar.Supervisor.Native;
using CredentialSidecar.Supervisor.Restarting;

namespace CredentialSidecar.Supervisor;

/// <summary>One thread, one loop: start, wait for signals and sockets, start again or end.</summary>
internal sealed unsafe class Supervision
{
    private readonly HandOver _handOver = new();
    private readonly RestartPolicy _policy = new();
    private readonly byte** _arguments;
    private readonly string[] _environment;
    private readonly byte* _mask;
    private readonly int _signals;
    private int _child;

    /// <summary>The stop signal; 0 until one arrives.</summary>
    private int _stop;

    private Supervision(byte** arguments, string[] environment, byte* mask)
    {
        _arguments = arguments;
        _mask = mask;
        (_environment, _signals) = (environment, Signals.Open(mask));
    }

    /// <param name="arguments">The program and its arguments, as C has them.</param>
    public static int Run(byte** arguments, string[] environment)
    {
        byte* mask = stackalloc byte[Libc.SignalSetSize];
        new Span<byte>(mask, Libc.SignalSetSize).Clear();

        // Pid 1 adopts orphans anyway. Elsewhere the supervisor becomes their parent, so that none outlives it unnoticed.
        _ = Libc.prctl(Libc.SetChildSubreaper, 1, 0, 0, 0);
        return new Supervision(arguments, environment, mask).Run();
    }

    private int Run()
    {
        while (true)
        {
            var started = Clock.Milliseconds;

            if (Start() is not { } end)
            {
                return ExitCodes.System;
            }

            if (_stop != 0 || _handOver.Listeners.Count == 0 || RestartPolicy.IsFinal(end, _policy.Restarts > 0))
            {
                return end.ExitCode;
            }

            if (_policy.Next(started, Clock.Milliseconds) is not { } pause)
            {
                const long Seconds = RestartPolicy.Window / 1000;
                Output.Error(
                    $"{Clock.Text} the program ended by {end}; not started again after {RestartPolicy.Most} restarts within {Seconds} s.");
                return end.ExitCode;
            }

            var wait = pause == 0 ? "now" : $"in {pause} ms";
            Output.Error($"{Clock.Text} the program ended by {end}; restart {_policy.Restarts} {wait}, its ports stay taken.");

            if (Pause(pause) is var stopped and not 0)
            {
                return ExitCodes.Signal + stopped;
            }
        }
    }

    /// <returns>How the program ended; null where the supervisor could not try to start it.</returns>
    private ChildEnd? Start()
    {
        if (_signals < 0 || !_handOver.Open())
        {
            Output.Error("The system refused a descriptor for signals or a pair of sockets; raise the limit of open files.");
            return null;
        }

        var variables = Variables.With(_environment, _handOver.Programs, _handOver.Listeners);
        var error = Child.Start(_arguments, variables, [_handOver.Programs, .. _handOver.Listeners], _mask, out _child);
        _handOver.GiveAway();

        if (error != 0)
        {
            Output.Error($"{NativeText.Read(_arguments[0])} cannot be started: {NativeText.Reason(error)}.");
            _handOver.Close();
            return new ChildEnd(0, error is Errno.NoEntry or Errno.NotDirectory ? ExitCodes.NotFound : ExitCodes.CannotRun);
        }

        var end = Wait();

        // The program's last packets may still be in the queue.
        _ = _handOver.Own >= 0 && _handOver.Receive();
        _handOver.Close();
        return end;
    }

    private ChildEnd Wait()
    {
        var waited = stackalloc Libc.Waited[2];

        while (true)
        {
            (waited[0].Descriptor, waited[0].Wanted) = (_signals, Libc.In);
            (waited[1].Descriptor, waited[1].Wanted) = (_handOver.Own, Libc.In);
            _ = Libc.poll(waited, 2, -1);

            if (_handOver.Own >= 0 && waited[1].Seen != 0 && !_handOver.Receive())
            {
                // A program that does not use the hand-over socket has closed it.
                _handOver.Close();
            }

            if (Take() is { } end)
            {
                return end;
            }
        }
    }

    /// <returns>The stop signal that arrived during the pause; 0 where none arrived.</returns>
    private int Pause(long pause)
    {
        var until = Clock.Milliseconds + pause;
        var waited = new Libc.Waited { Descriptor = _signals, Wanted = Libc.In };
        _child = 0;

        for (var left = pause; left > 0 && _stop == 0; left = until - Clock.Milliseconds)
        {
            _ = Libc.poll(&waited, 1, (int)left);
            _ = Take();
        }

        _ = Take();
        return _stop;
    }

    /// <summary>Forwards signals to the program and reaps ended children.</summary>
    private ChildEnd? Take()
    {
        ChildEnd? end = null;

        while (Signals.Next(_signals) is var (signal, isOfTerminal))
        {
            if (signal == Signals.Child)
            {
                end = Child.Reap(_child) ?? end;
                continue;
            }

            _stop = signal is Signals.Terminate or Signals.Interrupt or Signals.Quit ? signal : _stop;

            // A terminal sends its signals to the whole process group, so the program has already received this one.
            if (_child > 0 && end is null && !isOfTerminal)
            {
                _ = Libc.kill(_child, signal);
            }
        }

        return end;
    }
}
