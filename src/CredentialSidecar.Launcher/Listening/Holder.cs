namespace CredentialSidecar.Launcher.Listening;

/// <summary>Who holds the sidecar's port.</summary>
internal enum Holder
{
    None,

    /// <summary>The expected user, or a user that cannot be determined and about whom a warning was printed.</summary>
    Sidecar,
    Stranger,
}
