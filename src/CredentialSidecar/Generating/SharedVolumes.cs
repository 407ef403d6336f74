using System.Text.Json.Nodes;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Generating;

/// <summary>A directory with a token and the launcher, on a volume of the task.</summary>
internal sealed record SharedDirectory(string Volume, string Path);

/// <summary>The directories that the sidecar shares with other containers.</summary>
/// <param name="clients">The client of a container, where the operator named it.</param>
internal sealed class SharedVolumes(SidecarSettings settings, IReadOnlyDictionary<string, string> clients)
{
    public IReadOnlyList<SharedDirectory> All { get; } =
    [
        .. settings.Clients.Where(client => client.Directory is not null).Select(Of),
    ];

    private static SharedDirectory Of(ClientSettings client) => new(
        client.Name == ClientSettings.Default ? SidecarContainer.Name : $"{SidecarContainer.Name}-{client.Name}",
        client.Directory!);

    /// <exception cref="InputException">No client may read the destination, or several may.</exception>
    public SharedDirectory Of(string container, string destination)
    {
        // Who may read everything is the last choice, because a client with fewer destinations is safer.
        ClientSettings[] able =
        [
            .. settings.Clients.Where(client => client.Directory is not null
                && (client.Destinations?.Contains(destination)
                    ?? settings.Destinations.Any(one => one.Name == destination && !one.Hops.IsEmpty)))
                .OrderBy(client => client.Destinations is null),
        ];
        ClientSettings[] narrow = [.. able.Where(client => client.Destinations is not null)];

        if (clients.TryGetValue(container, out var wanted))
        {
            return able.FirstOrDefault(client => client.Name == wanted) is { } named ? Of(named)
                : throw new InputException($"--client {container}={wanted}: no client of that name has a SharedDirectory and may read "
                    + $"destination {destination}. Clients that may: {string.Join(", ", able.Select(client => client.Name))}.");
        }

        return narrow.Length > 1
            ? throw new InputException($"Several clients may read destination {destination}: "
                + $"{string.Join(", ", narrow.Select(client => client.Name))}. Add --client {container}=CLIENT.")
            : able is [var first, ..] ? Of(first)
            : throw new InputException($"No client with a SharedDirectory may read destination {destination}. Add {destination} to "
                + "Access:Clients:NAME:Destinations.");
    }

    public void AddTo(JsonObject definition, List<string> notes)
    {
        foreach (var (name, _) in All)
        {
            if (definition.Objects("volumes").FirstOrDefault(volume => volume.Text("name") == name) is not { } known)
            {
                definition.List("volumes").AddObject(new JsonObject { ["name"] = name });
                notes.Add($"Volume {name} is added. It carries the token and the launcher.");
            }
            else if (known.Any(field => field.Key != "name" && field.Value is JsonObject { Count: > 0 }))
            {
                throw new InputException($"The task definition has a volume {name} with a configuration. Rename that volume.");
            }
        }
    }
}
