namespace CredentialSidecar.Emulator.Worlds;

/// <summary>A session tag; a transitive one is inherited by every later hop.</summary>
internal sealed record SessionTag(string Key, string Value, bool Transitive = false)
{
    // STS compares tag keys without regard to case.
    public bool HasKey(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);
}
