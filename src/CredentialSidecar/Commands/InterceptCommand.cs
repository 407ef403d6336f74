using System.CommandLine;
using CredentialSidecar.Configuration;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar intercept up</c>, <c>down</c> and <c>status</c>: for an init container, which has NET_ADMIN but neither token nor source.</summary>
internal static class InterceptCommand
{
    public static Command Create(Option<string?> file)
    {
        var uids = new Option<string[]>("--uid") { Description = "Whom to intercept, and the destination for them, optionally with the port that leads to it; may be given again. Without it, Interception:Uids of the configuration.", HelpName = "UID=DESTINATION[:PORT]" };
        var includeRoot = new Option<bool>("--include-root") { Description = "Allow uid 0, although ECS Exec then stops working." };
        var guard = new Option<bool>("--guard") { Description = "Let no uid but Interception:SidecarUid answer on the sidecar's ports. Needs no --uid." };
        var blockImds = new Option<bool>("--block-imds") { Description = "Keep every uid but root and Interception:SidecarUid from EC2 instance metadata. Needs no --uid." };
        var up = new Command("up", "Put up the rules that are asked for, in this network namespace. Needs root and NET_ADMIN.") { uids, includeRoot, guard, blockImds, file };
        up.SetAction(parse => Up(ProcessEnvironment.Capture(), parse.GetValue(file), RequestOf(parse), Console.Out, Console.Error));

        var down = new Command("down", "Take away what up added, and nothing else.");
        down.SetAction(_ => Down(Console.Out, Console.Error));

        var status = new Command("status", "Print the rules that are up, and check that none is missing. Exit code 0, or 1 where there are none or not all.") { uids, includeRoot, guard, blockImds, file };
        status.SetAction(parse => Status(ProcessEnvironment.Capture(), parse.GetValue(file), RequestOf(parse), Console.Out, Console.Error));

        return new Command("intercept", "Let chosen users get a destination where they ask for the task role; see docs/interception.md.") { up, down, status };

        InterceptionRequest RequestOf(ParseResult parse) => new(parse.GetValue(uids) ?? [], parse.GetValue(includeRoot), parse.GetValue(guard), parse.GetValue(blockImds));
    }

    private static int Up(ProcessEnvironment environment, string? file, InterceptionRequest request, TextWriter output, TextWriter error) => Run(error, () =>
    {
        var (options, users) = InterceptionLoader.Load(environment, file, request);
        var rules = FirewallRules.Of(options, users);

        if (options.Networking.LinkLocalAddress is { Length: > 0 } address)
        {
            output.WriteLine(LinkLocalAddress.Add(address) ? $"Put {address} on loopback." : $"{address} is there already.");
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

    private static int Status(ProcessEnvironment environment, string? file, InterceptionRequest request, TextWriter output, TextWriter error) => Run(error, () =>
    {
        var (options, users) = InterceptionLoader.Load(environment, file, request, mayBeNothing: true);
        var wanted = FirewallRules.Of(options, users);
        var status = Interception.Status(wanted);

        foreach (var installed in status.Installed)
        {
            output.WriteLine($"Interception is {(status.Missing.Count > 0 ? "not wholly " : "")}up by {installed.Tool}:");
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
            output.WriteLine($"  uid {user.Uid}: {FirewallRules.AgentAddress}:{FirewallRules.AgentPort} -> {(user.Port == 0 ? "nowhere" : $"127.0.0.1:{user.Port}")}{(user.Destination.Length > 0 ? $" -> {user.Destination}" : "")}; what is not redirected is reset");
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
