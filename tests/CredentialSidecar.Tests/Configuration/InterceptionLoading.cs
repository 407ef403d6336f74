using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Loads settings for the intercept command.</summary>
public abstract class InterceptionLoading
{
    private protected const string Uid1000 = "SIDECAR_Interception__Uids__1000";

    private protected static (SidecarOptions Options, IReadOnlyList<InterceptedUser> Users) Load(
        InterceptionRequest request, (string Name, string Value)[] variables) =>
        InterceptionLoader.Load(new ProcessEnvironment(variables.Select(v => KeyValuePair.Create(v.Name, v.Value))), null, request);

    private protected static IReadOnlyList<InterceptedUser> Users(string[] uids, params (string Name, string Value)[] variables) =>
        Load(new InterceptionRequest(uids), variables).Users;

    private protected static IReadOnlyList<string> Mistakes(string[] uids, params (string Name, string Value)[] variables) =>
        Mistakes(uids, false, variables);

    private protected static IReadOnlyList<string> Mistakes(string[] uids, bool guard, params (string Name, string Value)[] variables)
    {
        try
        {
            Load(new InterceptionRequest(uids, Guard: guard), variables);
            return [];
        }
        catch (ConfigurationMistakesException e)
        {
            return [.. e.Mistakes.Select(mistake => mistake.ToString())];
        }
    }
}
