namespace CredentialSidecar.Networking;

/// <summary>One rule, in the words of both tools.</summary>
/// <param name="Label">Its comment in the kernel: both tools print it as it is, whereas each version prints a rule in its own way.</param>
internal sealed record FirewallRule(string Label, string Nft, string Iptables);

/// <summary>Where rules of ours are: the redirects, and what is filtered behind them.</summary>
internal enum Place
{
    Redirect,
    Filter,

    /// <summary>The filter of IPv6.</summary>
    Filter6,
}
