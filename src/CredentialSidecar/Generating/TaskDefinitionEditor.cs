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
        TaskDefinitionChecks.Names(_containers, request, Settings);
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
            Array.ForEach(apps, Launch);
        }

        SidecarContainer.Complete(sidecar, image, configuration.Variables.Concat(Users(apps)), _volumes.All, logging);
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

    private static JsonObject? Logging(Application[] apps)
    {
        // The log router waits for the sidecar, so the sidecar's log cannot go through it.
        var waits = apps.Any(app => app.Container["firelensConfiguration"] is JsonObject);
        var all = apps.Select(app => app.Container["logConfiguration"]).OfType<JsonObject>().ToArray();
        return all.FirstOrDefault(logging => !waits || logging.Text("logDriver") != StartOrder.FireLens);
    }

    private void Launch(Application app)
    {
        var (container, destination) = (app.Container, app.Destination);
        var (name, launcher) = (container.Text("name")!, $"{app.Directory.Path}/{FixedNames.Launcher}");

        if (container.Words("entryPoint") is not [var first, ..] || !first.EndsWith($"/{FixedNames.Launcher}", StringComparison.Ordinal))
        {
            var words = ProgramWords.Of(container, name, request.Images.GetValueOrDefault(name, ImageFacts.Unknown));
            container["command"] = JsonInput.ToJson(words);
            notes.Add($"Container {name} starts through the launcher, as destination {destination}. "
                + $"It runs: {Shown.OnOneLine(string.Join(' ', words))}");
        }

        container["entryPoint"] = JsonInput.ToJson([launcher, "--destination", destination, "--"]);
        SidecarContainer.Mount(container, app.Directory.Volume, app.Directory.Path, readOnly: true);
    }

    private void Intercept(JsonObject sidecar, string image, Application[] apps, JsonObject? logging)
    {
        var init = FindOrInsert(SidecarContainer.InitName, before: sidecar);
        var wanted = request.InitImage ?? (request.Image is null ? init.Text("image") : null) ?? InitImage(image);
        string[] uids = [.. apps.SelectMany(app => new[] { "--uid", $"{Uid(app)}={app.Destination}" })];
        SidecarContainer.CompleteInit(init, wanted, ["intercept", "up", .. uids, "--guard", "--block-imds"], logging);
        SidecarContainer.DependOn(sidecar, SidecarContainer.InitName, "SUCCESS");
        notes.Add($"Container {SidecarContainer.InitName} redirects {Listed(apps)} to the sidecar, guards its ports, and blocks instance "
            + "metadata. It has NET_ADMIN and ends before the sidecar starts.");
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
        return uint.TryParse(user?.Split(':')[0], out var uid) && uid != 0 ? uid
            : throw new InputException($"Interception needs the numeric uid of container {name}, other than 0. The task definition has "
                + $"{(user is null ? "no user" : $"user {Shown.Quoted(user)}")}. Set \"user\" in the task definition, or add "
                + $"--image-config {name}=FILE.");
    }

    private static string Listed(Application[] apps) => string.Join(", ", apps.Select(app => app.Container.Text("name")));
}
