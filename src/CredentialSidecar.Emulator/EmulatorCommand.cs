using System.CommandLine;
using System.Net;
using System.Text.Json;
using CredentialSidecar.Emulator.Control;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator;

/// <summary>The command line: start, print all addresses as one line of JSON, serve until a stop signal.</summary>
internal static class EmulatorCommand
{
    private const int UsageError = 64;
    private const int CannotListen = 1;
    private const int BadWorld = 78;

    // Signals and exceptions are handled here, without the library's own messages.
    private static readonly InvocationConfiguration Plainly = new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };

    public static async Task<int> RunAsync(string[] args, TimeProvider clock)
    {
        var address = AddressOption();
        var agentPort = PortOption("--agent-port", "The port of the ECS agent");
        var stsPort = PortOption("--sts-port", "The port of STS");
        var controlPort = PortOption("--control-port", "The port of the controls");
        var credentialsId = IdOption("--credentials-id", "The id in the path of the task role");
        var containerId = IdOption("--container-id", "The id in the path of the task metadata");
        var world = new Option<string?>("--world") { Description = "A JSON file of roles, users and trust.", HelpName = "FILE" };
        var printWorld = new Option<bool>("--print-world") { Description = "Prints the world as JSON and exits." };
        var command = new RootCommand("An ECS agent endpoint and an STS, for a laptop and for tests.")
        {
            address, agentPort, stsPort, controlPort, credentialsId, containerId, world, printWorld,
        };

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var loaded = parsed.GetValue(world) is { } file ? WorldFile.Load(file) : DefaultWorld.Create();
            if (parsed.GetValue(printWorld))
            {
                await Console.Out.WriteLineAsync(WorldFile.Print(loaded));
                return;
            }

            await ServeAsync(
                new EmulatorOptions
                {
                    Address = IPAddress.Parse(parsed.GetValue(address) ?? "127.0.0.1"),
                    AgentPort = parsed.GetValue(agentPort),
                    StsPort = parsed.GetValue(stsPort),
                    ControlPort = parsed.GetValue(controlPort),
                    CredentialsId = parsed.GetValue(credentialsId),
                    ContainerId = parsed.GetValue(containerId),
                    World = loaded,
                },
                clock,
                cancellationToken);
        });

        try
        {
            var result = command.Parse(args);
            return result.Errors.Count == 0
                ? await result.InvokeAsync(Plainly)
                : Fail(UsageError, result.Errors.Select(error => error.Message));
        }
        catch (WorldException e)
        {
            return Fail(BadWorld, e.Mistakes);
        }
        catch (IOException e)
        {
            return Fail(CannotListen, [e.Message]);
        }
    }

    private static async Task ServeAsync(EmulatorOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var signals = new StopSignals(cancellationToken);
        await using var emulator = await EmulatorServer.StartAsync(options, clock, signals.Stopping);
        var line = new StartedLine(
            emulator.AgentEndpoint.GetLeftPart(UriPartial.Authority),
            emulator.RelativeUri,
            emulator.MetadataUri.ToString(),
            emulator.StsEndpoint.GetLeftPart(UriPartial.Authority),
            emulator.ControlEndpoint.GetLeftPart(UriPartial.Authority));
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(line, ControlJson.Default.StartedLine));
        await Console.Out.FlushAsync(CancellationToken.None);
        await signals.WaitAsync();
    }

    private static Option<string?> AddressOption()
    {
        var option = new Option<string?>("--address")
        {
            Description = "The address of the agent and STS. Default: 127.0.0.1.",
            HelpName = "IP",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var token] || !IPAddress.TryParse(token.Value, out _))
            {
                result.AddError("--address takes an IP address.");
            }
        });
        return option;
    }

    private static Option<int> PortOption(string name, string description)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description}. Default: 0, the system chooses a free port.",
            HelpName = "PORT",
        };
        option.Validators.Add(result =>
        {
            if (!int.TryParse(result.Tokens is [var token] ? token.Value : "", out var port) || port is < 0 or > 65535)
            {
                result.AddError($"{name} takes a number from 0 to 65535.");
            }
        });
        return option;
    }

    // Both ids are part of a path, so they must not contain a path separator or a percent sign.
    private static Option<string?> IdOption(string name, string description)
    {
        var option = new Option<string?>(name) { Description = $"{description}. Default: random.", HelpName = "ID" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: { Length: > 0 } id }] || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                result.AddError($"{name} takes letters, digits, - and _.");
            }
        });
        return option;
    }

    private static int Fail(int exitCode, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Console.Error.WriteLine($"credential-sidecar-emulator: {line}");
        }

        return exitCode;
    }
}
