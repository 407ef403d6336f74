namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>The descriptors to wait for: only used ones, because poll limits their number to that of open files.</summary>
/// <param name="places">Room for all of them.</param>
internal unsafe ref struct WaitSet(Libc.Waited* places)
{
    private const int Pause = 20;

    private int _count;

    /// <returns>Its place; negative if nothing is wanted of it.</returns>
    public int Add(int descriptor, short wanted)
    {
        if (wanted == 0 || descriptor < 0)
        {
            return -1;
        }

        places[_count] = new() { Descriptor = descriptor, Wanted = wanted };
        return _count++;
    }

    public readonly short Seen(int at) => at < 0 ? (short)0 : places[at].Seen;

    /// <returns>False after an error, and a pause.</returns>
    public readonly bool Wait(int timeout)
    {
        if (Libc.poll(places, _count, timeout) >= 0)
        {
            return true;
        }

        _ = Libc.poll(null, 0, Pause);
        return false;
    }
}
