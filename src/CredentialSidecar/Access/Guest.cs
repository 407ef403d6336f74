using System.Net;

namespace CredentialSidecar.Access;

/// <summary>One accepted connection, from its acceptance until its memory is free again.</summary>
/// <param name="address">The peer address; null if the system does not report it.</param>
/// <param name="close">Ends the connection without an answer.</param>
/// <param name="received">How many bytes the peer has sent so far.</param>
internal sealed class Guest(IPAddress? address, Action close, Func<long> received)
{
    private int _requests;
    private long _heard;
    private Action? _began;

    public IPAddress Address { get; } = PeerAddress.Plain(address) ?? IPAddress.None;

    /// <summary>Null until a request showed the client.</summary>
    public string? Client { get; set; }

    /// <summary>Its place in its queue; null once it was chosen to close.</summary>
    public LinkedListNode<Guest>? Place { get; set; }

    /// <summary>Whether its token was not valid and it waits for the rejection.</summary>
    public bool IsGuesser { get; set; }

    /// <summary>In the clock's timestamps, which are monotonic.</summary>
    public long Arrived { get; set; }

    /// <summary>When it was accepted, when its last request ended, or when it last sent something.</summary>
    public long QuietSince { get; set; }

    /// <summary>Whether it waited for its rejection before its request was read.</summary>
    public bool HasWaited { get; set; }

    /// <summary>Whether a request has begun.</summary>
    public bool HasAsked { get; private set; }

    public bool IsBusy => Volatile.Read(ref _requests) > 0;

    /// <summary>Whether it sent something that the server has not begun to answer, which may be a valid token.</summary>
    public bool IsUnheard => !IsBusy && received() > Volatile.Read(ref _heard);

    public void Begin()
    {
        HasAsked = true;
        Interlocked.Increment(ref _requests);
        EndTurn();
    }

    /// <param name="began">Called once: when the first request begins, the connection closes, or its turn takes too long.</param>
    public void OnBegin(Action began) => _began = began;

    public bool HasTurn => Volatile.Read(ref _began) is not null;

    public void EndTurn() => Interlocked.Exchange(ref _began, null)?.Invoke();

    public void End(long timestamp)
    {
        QuietSince = timestamp;

        if (Client is null)
        {
            Volatile.Write(ref _heard, received());
        }

        Interlocked.Decrement(ref _requests);
    }

    public void Close() => close();

    /// <summary>Whether the peer has sent nothing since the last request, or since the last call.</summary>
    public bool IsSilent()
    {
        var heard = received();
        return Interlocked.Exchange(ref _heard, heard) == heard;
    }
}
