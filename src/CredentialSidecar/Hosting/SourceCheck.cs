using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Hosting;

/// <summary>Reads the source once where its own credentials are to be served and it may be one that cannot be.</summary>
internal static class SourceCheck
{
    /// <exception cref="ConfigurationMistakesException">The source has keys without a session token or an expiration.</exception>
    public static async Task RunAsync(ISigner source, SidecarSettings settings, CancellationToken cancellationToken)
    {
        string[] served = [.. settings.Destinations.Where(destination => destination.Hops.IsEmpty).Select(destination => destination.Name)];

        // A container credentials endpoint always gives a session.
        if (served.Length > 0 && settings.Source.MayBeLongTerm && await LackingAsync(source, cancellationToken) is { } lacking)
        {
            throw new ConfigurationMistakesException([.. served.Select(name => new Mistake(settings.NameOf($"Destinations:{name}:Hops"),
                $"is empty, but the source has credentials without {lacking}, which cannot be served; "
                + "give the destination a hop, or use a source with temporary credentials, such as the task role or a web identity"))]);
        }
    }

    private static async Task<string?> LackingAsync(ISigner source, CancellationToken cancellationToken)
    {
        try
        {
            return (await source.ReadAsync(cancellationToken)).Lacking;
        }
        catch (CredentialException)
        {
            // It may pass, and shows as the failure of every destination.
            return null;
        }
    }
}
