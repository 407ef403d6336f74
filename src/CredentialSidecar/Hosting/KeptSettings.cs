using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Hosting;

/// <summary>Settings that need a restart stay as they were. A reload must not give them another meaning.</summary>
internal static class KeptSettings
{
    /// <param name="start">The settings of the start, which stay.</param>
    /// <param name="current">The settings that are served.</param>
    /// <param name="loaded">The new configuration as it was written.</param>
    /// <param name="next">The new configuration with the settings that stay.</param>
    /// <exception cref="ConfigurationMistakesException">A setting that stays does not fit the new destinations or clients.</exception>
    public static void Check(SidecarSettings start, SidecarSettings current, SidecarSettings loaded, SidecarSettings next)
    {
        ConfigurationMistakesException.ThrowIfAny(
        [
            .. start.Intercepted.Select(user => OfUser(user, current, loaded, next)).OfType<Mistake>(),
            .. start.Passthrough.TaskRole.Order(StringComparer.Ordinal)
                .Select(name => OfTaskRole(name, current, loaded, next)).OfType<Mistake>(),
            .. next.Access.Clients.IsEmpty == next.Access.AllowAnonymous ? Array.Empty<Mistake>()
                : [new Mistake(next.NameOf("Access:AllowAnonymous"), "needs a restart to change, together with the clients")],
            .. next.Clients.Where(client => client is { Origin: TokenOrigin.Generated, Directory: null }).Select(client => new Mistake(
                next.NameOf("SharedDirectory"),
                $"needs a restart to change, and the token of client '{client.Name}' would be generated there; "
                + "keep the token until the restart")),
        ]);
    }

    private static Mistake? OfUser(InterceptedUser user, SidecarSettings current, SidecarSettings loaded, SidecarSettings next)
    {
        var key = next.NameOf($"Interception:Uids:{user.Uid}");
        var (before, after) = (Find(current, user.Destination), Find(next, user.Destination));
        return after is null ? new Mistake(key,
                $"needs a restart to change and still uses destination '{user.Destination}', which the new configuration does not have; "
                + "keep that destination until the restart")

            // An operator who writes the mapping again means the new destination.
            : loaded.Intercepted.Any(other => other.Uid == user.Uid && other.Destination == user.Destination)
                || IsSame(before, after) ? null
            : new Mistake(key, $"needs a restart to change and still uses destination '{user.Destination}', which the new configuration "
                + "changes; keep that destination as it is until the restart");
    }

    private static Mistake? OfTaskRole(string name, SidecarSettings current, SidecarSettings loaded, SidecarSettings next)
    {
        var (before, after) = (Client(current, name), Client(next, name));
        return after is null || loaded.Passthrough.TaskRole.Contains(name) || (before is not null && IsSame(before, after)) ? null
            : new Mistake(next.NameOf("Passthrough:TaskRole"), $"needs a restart to change and still lets client '{name}' read the task "
                + "role, but the new configuration gives that name to another client; keep the client as it is until the restart");
    }

    private static bool IsSame(DestinationSettings? before, DestinationSettings after) =>
        before is not null && before.Hops.Length == after.Hops.Length
        && before.Hops.Zip(after.Hops).All(pair => IsSame(pair.First, pair.Second));

    // Two records with equal lists are not equal, so compare the lists apart.
    private static bool IsSame(HopSettings before, HopSettings after) =>
        WithoutLists(before) == WithoutLists(after)
        && before.Tags.SequenceEqual(after.Tags)
        && before.TransitiveTagKeys.SequenceEqual(after.TransitiveTagKeys)
        && before.PolicyArns.SequenceEqual(after.PolicyArns);

    private static HopSettings WithoutLists(HopSettings hop) => hop with { Tags = [], TransitiveTagKeys = [], PolicyArns = [] };

    private static bool IsSame(ClientSettings before, ClientSettings after) => before.Origin == after.Origin
        && before.Directory == after.Directory && (before.Uids ?? []).SetEquals(after.Uids ?? []) && before.TokenFile == after.TokenFile
        && (before.Origin != TokenOrigin.Value || before.Token == after.Token);

    private static DestinationSettings? Find(SidecarSettings settings, string name) =>
        settings.Destinations.FirstOrDefault(destination => destination.Name == name);

    private static ClientSettings? Client(SidecarSettings settings, string name) =>
        settings.Clients.FirstOrDefault(client => client.Name == name);
}
