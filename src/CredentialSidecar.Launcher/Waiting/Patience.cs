namespace CredentialSidecar.Launcher.Waiting;

/// <summary>Asks until the answer is final or the time limit is reached.</summary>
/// <param name="bound">The limit in milliseconds, measured from the first request.</param>
/// <param name="now">A clock that never goes back, in milliseconds.</param>
/// <param name="pause">Waits so many milliseconds.</param>
/// <param name="tell">Reports from time to time why the program has not started.</param>
internal sealed class Patience(int bound, Func<long> now, Action<int> pause, Action<string> tell)
{
    private const int FirstPause = 100;
    private const int LongestPause = 1000;

    /// <summary>After this time, a reader of the log expects an explanation.</summary>
    private const int Quiet = 2000;

    public Verdict Wait(Func<Verdict> ask)
    {
        var started = now();
        var next = FirstPause;
        var told = "";

        while (true)
        {
            var verdict = ask();
            var passed = now() - started;

            if (!verdict.MayHeal || passed >= bound)
            {
                return verdict;
            }

            if (passed >= Quiet && verdict.Reason != told)
            {
                told = verdict.Reason;
                tell(told);
            }

            // The last request is sent exactly at the limit.
            pause((int)Math.Min(next, bound - passed));
            next = Math.Min(next * 2, LongestPause);
        }
    }
}
