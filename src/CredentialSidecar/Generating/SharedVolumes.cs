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
                + $"{string.Join(", ", narrow.Select(client => client.Name))}. "
                + $"Add --client {(container.Length > 0 ? $"{container}=" : "")}CLIENT.")
            : able is [var first, ..] ? Of(first)
            : throw new InputException($"No client with a SharedDirectory may read destination {destination}. Add {destination} to "
                + "Access:Clients:NAME:Destinations.");
    }

    /// <summary>Mounts the container's directory, and no other client's.</summary>
    public void Mount(Application app, List<string> notes)
    {
        var (container, directory) = (app.Container, app.Directory);
        var name = container.Text("name");

        foreach (var mount in container.Objects("mountPoints").ToArray())
        {
            var (volume, path) = (mount.Text("sourceVolume"), mount.Text("containerPath"));

            if (volume != directory.Volume && All.Any(other => other.Volume == volume))
            {
                container.List("mountPoints").Remove(mount);
                notes.Add($"Container {name} does not mount volume {volume} any more, because that is another client's.");
            }
            else if (volume != directory.Volume && path == directory.Path)
            {
                throw new InputException(
                    $"Container {name} mounts volume {volume} at {path}, where the launcher has to be. Change its path.");
            }
            else if (volume == directory.Volume)
            {
                mount["readOnly"] = true;
            }
        }

        SidecarContainer.Mount(container, directory.Volume, directory.Path, readOnly: true);
    }

    public void AddTo(JsonObject definition, List<string> notes)
    {
        foreach (var (_, path) in All.Where(one => one.Path != RunningConfiguration.SharedDirectory))
        {
            notes.Add($"A new volume belongs to root unless the image declares its path. Build an image with VOLUME {path}, "
                + "owned by uid 9170, or the sidecar cannot write there.");
        }

        foreach (var (name, _) in All)
        {
            if (definition.Objects("volumes").FirstOrDefault(volume => volume.Text("name") == name) is not { } known)
            {
                definition.List("volumes").AddObject(new JsonObject { ["name"] = name });
                notes.Add($"Volume {name} is added. It carries the token and the launcher.");
            }
            else if (known.Any(field => field.Key != "name" && field.Value is JsonObject { Count: > 0 })
                || known["configuredAtLaunch"]?.ToString() == "true")
            {
                throw new InputException($"The task definition has a volume {name} with a configuration. Rename that volume.");
            }
        }
    }
}
