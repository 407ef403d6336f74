namespace CredentialSidecar.Configuration.Reading;

/// <summary>Why a file gave nothing.</summary>
internal enum FileTrouble
{
    None,
    Missing,

    /// <summary>A symbolic link where none is followed.</summary>
    Link,
    Directory,

    /// <summary>A pipe, a socket or a device.</summary>
    NotRegular,
    Forbidden,
    TooLarge,
    Unreadable,
}
