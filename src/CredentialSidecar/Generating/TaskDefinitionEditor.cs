using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Shared;

namespace CredentialSidecar.Generating;

/// <summary>Adds the sidecar to a task definition. Fields that this class does not know stay as they are.</summary>
/// <param name="notes">Receives what was changed, and why.</param>
internal sealed class TaskDefinitionEditor(
    JsonObject definition, TaskDefinitionRequest request, RunningConfiguration configuration, List<string> notes)
{
    private readonly JsonArray _containers = definition.List("containerDefinitions");
    private readonly SharedVolumes _volumes = new(configuration.Settings, request.Clients);

    private SidecarSettings Settings => configuration.Settings;

    /// <exception cref="InputException">The sidecar does not work in this task, or something is unknown.</exception>
    public void Apply()
    {
        TaskDefinitionChecks.Platform(definition, request, notes);
        TaskDefinitionChecks.RequireNamedThings(_containers, request, Settings);
        notes.AddRange(configuration.Notes);
        var apps = request.Containers
            .Select(pair => new Application(Find(pair.Key)!, pair.Value, _volumes.Of(pair.Key, pair.Value))).ToArray();
        var logging = Logging(apps);
        var sidecar = FindOrInsert(SidecarContainer.Name, before: null);
        var image = Image(sidecar);

        _volumes.AddTo(definition, notes);

        // The launcher's words come last, because they fail where the operator has to say more.
        if (request.Intercept)
        {
            Intercept(sidecar, image, apps, logging);
        }
        else
        {
            RemoveInit(sidecar);
            Array.ForEach(apps, Launch);
        }

        SidecarContainer.Complete(sidecar, image, [.. configuration.Variables, .. Users(apps)], _volumes.All, logging, notes);
        Array.ForEach(apps, app => SidecarContainer.DependOn(app.Container, SidecarContainer.Name, "HEALTHY"));
        StartOrder.Check([.. _containers.OfType<JsonObject>()]);
        TaskDefinitionAdvice.Add(definition, apps, notes);
    }

    private JsonObject? Find(string name) => _containers.OfType<JsonObject>().FirstOrDefault(container => container.Text("name") == name);

    private JsonObject FindOrInsert(string name, JsonObject? before)
    {
        if (Find(name) is { } known)
        {
            return known;
        }

        var container = new JsonObject { ["name"] = name };
        _containers.Insert(before is null ? 0 : _containers.IndexOf(before), container);
        notes.Add($"Container {name} is added.");
        return container;
    }

    private string Image(JsonObject sidecar) => request.Image ?? sidecar.Text("image")
        ?? throw new InputException("Give the sidecar's image: --image YOUR-REGISTRY/credential-sidecar:VERSION.");

    // From an earlier run with --mode intercept.
    private void RemoveInit(JsonObject sidecar)
    {
        if (Find(SidecarContainer.InitName) is { } init)
        {
            _containers.Remove(init);
            SidecarContainer.DoNotWait(sidecar, SidecarContainer.InitName);
            notes.Add($"Container {SidecarContainer.InitName} is removed, because the programs start through the launcher.");
        }
    }

    private static JsonObject? Logging(Application[] apps)
    {
        // The log router waits for the sidecar, so the sidecar's log cannot go through it.
        var waits = apps.Any(app => app.Container["firelensConfiguration"] is JsonObject);
        var all = apps.Select(app => app.Container["logConfiguration"]).OfType<JsonObject>().ToArray();
        return all.FirstOrDefault(logging => !waits || logging.Text("logDriver") != StartOrder.FireLens);
    }

    private void Launch(Application app)
    {
        var container = app.Container;
        var name = container.Text("name")!;

        if (LauncherWords.Find(container) is { } known)
        {
            container["command"] = JsonInput.ToJson([.. known.Program, .. container.StrictWords("command") ?? []]);
            container["entryPoint"] = JsonInput.ToJson(LauncherWords.Of(app, Settings.Listen.Port, known.Flags));
        }
        else
        {
            var words = ProgramWords.Of(container, name, request.Images.GetValueOrDefault(name, ImageFacts.Unknown));
            container["command"] = JsonInput.ToJson(words);
            container["entryPoint"] = JsonInput.ToJson(LauncherWords.Of(app, Settings.Listen.Port, []));
            notes.Add($"Container {name} starts through the launcher, as destination {app.Destination}. "
                + $"It runs: {Shown.OnOneLine(string.Join(' ', words))}");
        }

        _volumes.Mount(app, notes);
    }

    private void Intercept(JsonObject sidecar, string image, Application[] apps, JsonObject? logging)
    {
        var init = FindOrInsert(SidecarContainer.InitName, before: sidecar);
        var wanted = request.InitImage ?? (request.Image is null ? init.Text("image") : null) ?? InitImage(image);
        CheckUids(apps);
        string[] uids = [.. apps.Select(app => $"{Uid(app)}={app.Destination}").Distinct().SelectMany(uid => new[] { "--uid", uid })];
        SidecarContainer.CompleteInit(init, wanted, ["intercept", "up", .. uids, "--guard", "--block-imds"], logging);
        SidecarContainer.DependOn(sidecar, SidecarContainer.InitName, "SUCCESS");
        notes.Add($"Container {SidecarContainer.InitName} redirects {Listed(apps)} to the sidecar, guards its ports, and blocks instance "
            + "metadata. It has NET_ADMIN and ends before the sidecar starts.");
    }

    private void CheckUids(Application[] apps)
    {
        foreach (var app in apps.Where(app => LauncherWords.Find(app.Container) is not null))
        {
            throw new InputException(
                $"Container {app.Container.Text("name")} starts through the launcher. Restore its entryPoint and command, "
                + "then use --mode intercept.");
        }

        foreach (var same in apps.GroupBy(Uid).Where(same => same.Select(app => app.Destination).Distinct().Count() > 1))
        {
            throw new InputException($"Containers {Listed([.. same])} have uid {same.Key} and different destinations. "
                + "Interception tells containers apart by their uid only: give each a \"user\" of its own.");
        }
    }

    private static string InitImage(string image) => !image.Contains('@') ? $"{image}-init"
        : throw new InputException("--image names a digest, so the image of the init container is unknown. Add --init-image IMAGE.");

    private IEnumerable<KeyValuePair<string, string>> Users(Application[] apps) => !request.Intercept ? [] :
    [
        .. apps.Select(app => KeyValuePair.Create($"SIDECAR_Interception__Uids__{Uid(app)}", app.Destination)),
        new("SIDECAR_Interception__Guard", "true"),
        new("SIDECAR_Interception__BlockImds", "true"),
    ];

    private uint Uid(Application app)
    {
        var name = app.Container.Text("name")!;
        var user = app.Container.Text("user") ?? request.Images.GetValueOrDefault(name, ImageFacts.Unknown).User;
        return uint.TryParse(user?.Split(':')[0], out var uid) && uid is not (0 or FixedNames.SidecarUid) ? uid
            : throw new InputException($"Interception needs the numeric uid of container {name}, other than 0 and 9170. "
                + "The task definition has "
                + $"{(user is null ? "no user" : $"user {Shown.Quoted(user)}")}. Set \"user\" in the task definition, or add "
                + $"--image-config {name}=FILE.");
    }

    private static string Listed(Application[] apps) => string.Join(", ", apps.Select(app => app.Container.Text("name")));
}
