using CredentialSidecar.Chains;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>What <c>sts:AssumeRoleWithWebIdentity</c> needs.</summary>
/// <param name="TokenFile">Read for each call, since the kubelet replaces it.</param>
/// <param name="TokenKey">The setting or variable that named the file, for messages.</param>
/// <param name="Region">The region of the STS endpoint. A reload does not change it.</param>
internal sealed record WebIdentitySettings(RoleArn Role, string TokenFile, string TokenKey, string SessionName, string Region)
{
    /// <summary>The longest token that STS takes.</summary>
    public const int LargestToken = 20_000;
}
