using System.CommandLine;
using CredentialSidecar.Configuration;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary>
/// <c>credential-sidecar intercept up</c>, <c>down</c> and <c>status</c>: for an init container with NET_ADMIN, without token and source.
/// </summary>
internal static class InterceptCommand
{
    public static Command Create(Option<string?> file)
    {
        var uids = new Option<string[]>("--uid")
        {
            Description = "A uid to intercept and its destination, optionally with the port of its listener. Repeatable. "
                + "Default: Interception:Uids of the configuration.",
            HelpName = "UID=DESTINATION[:PORT]",
        };
        var includeRoot = new Option<bool>("--include-root") { Description = "Allow uid 0. ECS Exec then stops working." };
        var guard = new Option<bool>("--guard")
        {
            Description = "Allow only Interception:SidecarUid to answer on the sidecar's ports. Works without --uid.",
        };
        var blockImds = new Option<bool>("--block-imds")
        {
            Description = "Allow only root and Interception:SidecarUid to reach EC2 instance metadata. Works without --uid.",
        };
        var up = new Command("up", "Add the firewall rules in this network namespace. Needs root and NET_ADMIN.")
        {
            uids, includeRoot, guard, blockImds, file,
        };
        up.SetAction(parse => Up(ProcessEnvironment.Capture(), parse.GetValue(file), RequestOf(parse), Console.Out, Console.Error));

        var down = new Command("down", "Remove the rules that up added.");
        down.SetAction(_ => Down(Console.Out, Console.Error));

        var status = new Command(
            "status", "Print the installed rules, and check that none is missing. Exit code 0, or 1 if rules are missing.")
        {
            uids, includeRoot, guard, blockImds, file,
        };
        status.SetAction(parse => Status(ProcessEnvironment.Capture(), parse.GetValue(file), RequestOf(parse), Console.Out, Console.Error));

        return new Command(
            "intercept", "Serve a destination to chosen users when they request the task role; see docs/interception.md.")
        {
            up, down, status,
        };

        InterceptionRequest RequestOf(ParseResult parse) =>
            new(parse.GetValue(uids) ?? [], parse.GetValue(includeRoot), parse.GetValue(guard), parse.GetValue(blockImds));
    }

    private static int Up(
        ProcessEnvironment environment, string? file, InterceptionRequest request, TextWriter output, TextWriter error) => Run(error, () =>
    {
        var (options, users) = InterceptionLoader.Load(environment, file, request);
        var rules = FirewallRules.Of(options, users);

        if (options.Networking.LinkLocalAddress is { Length: > 0 } address)
        {
            output.WriteLine(LinkLocalAddress.Add(address) ? $"Added {address} to loopback." : $"Loopback already has {address}.");
        }

        if (!rules.IsEmpty)
        {
            output.WriteLine($"Interception is up by {Interception.Up(rules)}:");
            Print(rules, output);
        }

        return ExitCodes.Ok;
    });

    private static int Down(TextWriter output, TextWriter error) => Run(error, () =>
    {
        Interception.Down();
        LinkLocalAddress.Remove();
        output.WriteLine("Interception is down.");
        return ExitCodes.Ok;
    });

    private static int Status(
        ProcessEnvironment environment, string? file, InterceptionRequest request, TextWriter output, TextWriter error) => Run(error, () =>
    {
        var (options, users) = InterceptionLoader.Load(environment, file, request, mayBeNothing: true);
        var wanted = FirewallRules.Of(options, users);
        var status = Interception.Status(wanted);

        foreach (var installed in status.Installed)
        {
            output.WriteLine($"Interception is {(status.Missing.Count > 0 ? "only partly " : "")}up by {installed.Tool}:");
            Print(installed.Whole(wanted), output);
            output.WriteLine(installed.Text);
        }

        if (status.Installed.Count == 0)
        {
            output.WriteLine("Interception is down.");
        }

        foreach (var part in status.Missing)
        {
            error.WriteLine($"credential-sidecar: missing: {part}. Run intercept up again.");
        }

        return status is { Installed.Count: > 0, Missing.Count: 0 } ? ExitCodes.Ok : ExitCodes.Unhealthy;
    });

    private static void Print(FirewallRules rules, TextWriter output)
    {
        foreach (var user in rules.Users)
        {
            var listener = user.Port == 0 ? "nowhere" : $"127.0.0.1:{user.Port}";
            var destination = user.Destination.Length > 0 ? $" -> {user.Destination}" : "";
            output.WriteLine($"  uid {user.Uid}: {FirewallRules.AgentAddress}:{FirewallRules.AgentPort} -> {listener}{destination}; "
                + "other connections are reset");
        }

        if (rules.GuardedPorts.Count > 0)
        {
            output.WriteLine($"  guard: only uid {rules.SidecarUid} answers on ports {string.Join(", ", rules.GuardedPorts)}");
        }

        if (rules.BlockImds)
        {
            output.WriteLine($"  block-imds: only root and uid {rules.SidecarUid} reach instance metadata");
        }
    }

    private static int Run(TextWriter error, Func<int> act)
    {
        try
        {
            return act();
        }
        catch (ConfigurationMistakesException e)
        {
            return MistakesPrinter.Print(e.Mistakes, error);
        }
        catch (InterceptionException e)
        {
            error.WriteLine($"credential-sidecar: {e.Message}");
            return e.Refused ? ExitCodes.Configuration : ExitCodes.Unavailable;
        }
    }
}
