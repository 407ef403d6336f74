using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher.Native;

/// <summary>Moves several exchanges on at once, so that what happens beside the wait adds nothing to it.</summary>
internal sealed unsafe class HttpPoll
{
    /// <summary>What most SDKs allow for an answer, in milliseconds.</summary>
    public const int Limit = 1000;

    private const int Most = 8;

    private readonly List<HttpExchange> _exchanges = [];

    /// <summary>Goes on whenever the launcher waits for something else.</summary>
    public HttpExchange Add(HttpExchange exchange)
    {
        _exchanges.Add(exchange);
        return exchange;
    }

    /// <summary>Waits for one answer; the exchange ends without one after so many milliseconds.</summary>
    public HttpAnswer Await(HttpExchange exchange, int milliseconds = Limit)
    {
        if (!_exchanges.Contains(exchange))
        {
            Add(exchange);
        }

        Run(() => exchange.Answer is not null, milliseconds);

        if (exchange.Answer is null)
        {
            exchange.End(HttpAnswer.None("no answer within a second"));
        }

        _exchanges.Remove(exchange);
        return exchange.Answer!;
    }

    public void Pause(int milliseconds) => Run(() => false, milliseconds);

    private void Run(Func<bool> isDone, int milliseconds)
    {
        var end = Environment.TickCount64 + milliseconds;
        var waited = stackalloc Libc.Waited[Most];

        while (!isDone() && end - Environment.TickCount64 is > 0 and var left)
        {
            var waiting = _exchanges.FindAll(exchange => exchange.Answer is null);
            var count = Math.Min(waiting.Count, Most);

            for (var i = 0; i < count; i++)
            {
                waited[i] = new Libc.Waited { Descriptor = waiting[i].Socket, Wanted = waiting[i].IsSent ? Libc.In : Libc.Out };
            }

            _ = Libc.poll(waited, count, (int)left);

            for (var i = 0; i < count; i++)
            {
                if (waited[i].Seen != 0)
                {
                    waiting[i].Move();
                }
            }
        }
    }
}
