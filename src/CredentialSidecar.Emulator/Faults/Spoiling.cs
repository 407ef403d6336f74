namespace CredentialSidecar.Emulator.Faults;

/// <summary>The faults that are the same for every service: they happen to the connection or to the finished answer.</summary>
internal static class Spoiling
{
    private const int HugeBytes = 10 * 1024 * 1024;
    private const string Page = "<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>";

    public static Task DelayAsync(this Fault? fault, TimeProvider clock, CancellationToken cancellationToken) =>
        fault is { DelayMilliseconds: > 0 }
            ? Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMilliseconds), clock, cancellationToken)
            : Task.CompletedTask;

    public static Answer Spoil(this Fault? fault, Answer answer) => fault?.Kind switch
    {
        FaultKind.Html => new Answer(fault.Status ?? 200, "text/html", Page),
        FaultKind.Truncated => answer with { Body = answer.Body[..(answer.Body.Length / 2)] },
        FaultKind.Empty => new Answer(200, "", ""),
        FaultKind.Huge => answer with { Body = Padded(answer.Body) },
        _ => answer,
    };

    private static byte[] Padded(ReadOnlyMemory<byte> body)
    {
        var padded = new byte[body.Length + HugeBytes];
        body.CopyTo(padded);
        padded.AsSpan(body.Length).Fill((byte)' ');
        return padded;
    }
}
