namespace CredentialSidecar.Launcher.Listening;

/// <summary>A listening TCP socket.</summary>
/// <param name="address">Four or sixteen bytes, in network order.</param>
/// <param name="onlySix">It takes no IPv4 connections.</param>
/// <param name="uid">The user who made it.</param>
internal sealed class Listener(byte[] address, bool onlySix, uint uid)
{
    private static readonly byte[] Mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    public uint Uid => uid;

    public bool IsSix => address.Length == 16;

    /// <summary>Whether a connection to 127.0.0.1 may end here.</summary>
    public bool TakesLoopback => IsSix
        ? (!onlySix && !address.AsSpan().ContainsAnyExcept((byte)0))
            || (address.AsSpan().StartsWith(Mapped) && IsLoopbackOrAny(address.AsSpan(12)))
        : IsLoopbackOrAny(address);

    private static bool IsLoopbackOrAny(ReadOnlySpan<byte> four) =>
        four.SequenceEqual((byte[])[127, 0, 0, 1]) || !four.ContainsAnyExcept((byte)0);
}
