namespace CredentialSidecar.Launcher.Native;

/// <summary>What an open file is.</summary>
internal sealed unsafe class FileStatus
{
    private const int EmptyPath = 0x1000;
    private const uint Basic = 0x7ff;

    // struct statx.
    private const int ResultSize = 256, Uid = 20, Mode = 28, Length = 40;

    private FileStatus(uint owner, ushort mode, ulong size) =>
        (Owner, Size, Kind, IsWritableByOthers) = (owner, size, KindOf(mode), (mode & 0x12) != 0);

    public uint Owner { get; }

    public ulong Size { get; }

    /// <summary>What it is; null for a regular file.</summary>
    public string? Kind { get; }

    /// <summary>By its group, or by everyone.</summary>
    public bool IsWritableByOthers { get; }

    public static FileStatus? Of(int descriptor)
    {
        byte* result = stackalloc byte[ResultSize];
        return Libc.statx(descriptor, NativeText.Write(""), EmptyPath, Basic, result) == 0
            ? new FileStatus(*(uint*)(result + Uid), *(ushort*)(result + Mode), *(ulong*)(result + Length))
            : null;
    }

    private static string? KindOf(ushort mode) => (mode & 0xF000) switch
    {
        0x8000 => null,
        0x1000 => "a FIFO",
        0x4000 => "a directory",
        0x2000 or 0x6000 => "a device",
        _ => "a special file",
    };
}
