namespace CredentialSidecar.Emulator.Faults;

/// <summary>The faults in force. A request meets the first that fits, in the order they were added.</summary>
internal sealed class FaultBoard
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> InForce
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    /// <exception cref="ArgumentException">The fault makes no sense for its target.</exception>
    public void Add(Fault fault)
    {
        if (fault.Mistake is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(fault));
        }

        lock (_gate)
        {
            _faults.Add(fault);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    /// <summary>The fault this request meets, if any; one with a limit is used up by it.</summary>
    public Fault? Take(FaultTarget target, string? roleArn = null)
    {
        lock (_gate)
        {
            var index = _faults.FindIndex(fault =>
                fault.Target == target && (fault.RoleArn is null || fault.RoleArn == roleArn));
            if (index < 0)
            {
                return null;
            }

            var taken = _faults[index];
            if (taken.Times == 1)
            {
                _faults.RemoveAt(index);
            }
            else
            {
                _faults[index] = taken with { Times = taken.Times - 1 };
            }

            return taken;
        }
    }
}
