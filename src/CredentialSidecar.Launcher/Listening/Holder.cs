namespace CredentialSidecar.Launcher.Listening;

/// <summary>Who holds the sidecar's port.</summary>
internal enum Holder
{
    Nobody,

    /// <summary>The expected user, or one that cannot be told, about which a warning was given.</summary>
    Sidecar,
    Stranger,
}
