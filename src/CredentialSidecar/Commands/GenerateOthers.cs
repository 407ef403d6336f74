using System.CommandLine;
using CredentialSidecar.Generating;

namespace CredentialSidecar.Commands;

/// <summary><c>generate compose</c>, <c>helm-values</c> and <c>env</c>.</summary>
internal static class GenerateOthers
{
    private static readonly Option<string?> Region = new("--region") { Description = "The region of the pod.", HelpName = "REGION" };

    private static readonly Option<string?> Destination = new("--destination")
    {
        Description = "The destination whose role the container gets. Not needed if there is only one.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Client = new("--client")
    {
        Description = "The client of the container, where several clients may read the destination.",
        HelpName = "CLIENT",
    };

    public static Command CreateCompose(GenerateFlags common)
    {
        var command = new Command("compose", "Print a compose file to lay over yours. The sidecar's source is the keys in the shell.");
        ContainerFlags.AddTo(command);
        common.AddTo(command);
        command.SetAction(parse => GenerateCommand.Run(parse, () =>
        {
            var request = ContainerFlags.Read(parse);
            _ = request.Image ?? throw new InputException("Give the sidecar's image: --image credential-sidecar.");
            var file = ComposeFile.Of(request, common.Configuration(parse));
            parse.InvocationConfiguration.Error.WriteLine("Run: docker compose -f YOUR-FILE -f compose.credential-sidecar.yml up. "
                + "The services share the sidecar's network, so move their ports and networks to credential-sidecar.");
            return common.Write(parse, ("compose.credential-sidecar.yml", Yaml.Write(file)));
        }));
        return command;
    }

    public static Command CreateHelm(GenerateFlags common)
    {
        var command = new Command("helm-values", "Print values for the Helm chart.") { Region, ContainerFlags.Image };
        common.AddTo(command);
        command.SetAction(parse => GenerateCommand.Run(parse, () => common.Write(parse, ("values.yaml", Yaml.Write(
            Helm(parse, common.Configuration(parse)))))));
        return command;
    }

    private static System.Text.Json.Nodes.JsonObject Helm(ParseResult parse, RunningConfiguration configuration)
    {
        var values = HelmValues.Of(
            configuration.Settings, GenerateFlags.ReadRegion(parse, Region), ContainerFlags.ReadImage(parse));

        if (HelmValues.LeftOut(configuration) is { Length: > 0 } leftOut)
        {
            parse.InvocationConfiguration.Error.WriteLine($"Not in the values: {string.Join(", ", leftOut)}. "
                + "The chart's README lists the values that set such things.");
        }

        return values;
    }

    public static Command CreateEnvironment(GenerateFlags common)
    {
        var command = new Command("env", "Print the variables of a container that starts without the launcher.")
        {
            Destination, Client,
        };
        common.AddTo(command);
        command.SetAction(parse => GenerateCommand.Run(parse, () =>
        {
            var client = parse.GetValue(Client) is { } name ? new Dictionary<string, string> { [""] = name } : [];
            var text = ClientVariables.Of(common.Configuration(parse).Settings, parse.GetValue(Destination), client);
            return common.Write(parse, ("sidecar.env", text));
        }));
        return command;
    }
}
