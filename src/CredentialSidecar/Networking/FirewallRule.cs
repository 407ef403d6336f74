namespace CredentialSidecar.Networking;

/// <summary>One rule, in the syntax of both tools.</summary>
/// <param name="Label">Its comment in the kernel. Both tools print comments unchanged, but each version prints rules differently.</param>
internal sealed record FirewallRule(string Label, string Nft, string Iptables);

/// <summary>The chain of a rule: redirects, or the filters after them.</summary>
internal enum Place
{
    Redirect,
    Filter,

    /// <summary>The filter of IPv6.</summary>
    Filter6,
}
