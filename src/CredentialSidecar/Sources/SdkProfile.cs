using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace CredentialSidecar.Sources;

/// <summary>The interactive sign-in of an AWS profile, which the sidecar cannot do.</summary>
internal enum SignIn
{
    Unattended,
    Sso,
    Login,
    Mfa,
}

/// <summary>The profile that the SDK's default chain uses, and the profile behind its <c>source_profile</c>.</summary>
/// <param name="Name">The name of the chosen profile.</param>
/// <param name="Source">The name of the profile that <paramref name="By"/> describes.</param>
/// <param name="IsFound">False if no file has a profile with that name.</param>
internal sealed record SdkProfile(string Name, string Source, SignIn By, bool IsFound)
{
    // Profiles may refer to each other in a cycle.
    private const int LongestWay = 10;

    /// <summary>Reads the files again, as the SDK does.</summary>
    public static SdkProfile Read()
    {
        var name = DefaultAWSCredentialsIdentityResolver.GetProfileName() is { Length: > 0 } chosen ? chosen : "default";

        try
        {
            var (files, at, mfa) = (new CredentialProfileStoreChain(), name, (string?)null);

            for (var step = 0; step < LongestWay && files.TryGetProfile(at, out var profile); step++)
            {
                var options = profile.Options;
                mfa ??= options.MfaSerial is { Length: > 0 } ? at : null;

                if (options.LoginSession is { Length: > 0 })
                {
                    return new(name, at, SignIn.Login, IsFound: true);
                }

                if ((options.SsoStartUrl ?? options.SsoSession) is not null)
                {
                    return new(name, at, SignIn.Sso, IsFound: true);
                }

                if (options.SourceProfile is not { Length: > 0 } next)
                {
                    return new(name, mfa ?? at, mfa is null ? SignIn.Unattended : SignIn.Mfa, IsFound: true);
                }

                at = next;
            }

            return new(name, mfa ?? at, mfa is null ? SignIn.Unattended : SignIn.Mfa, IsFound: at != name);
        }
        catch (Exception e) when (e is AmazonClientException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new(name, name, SignIn.Unattended, IsFound: true);
        }
    }
}
