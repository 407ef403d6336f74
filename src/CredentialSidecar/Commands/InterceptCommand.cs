using System.CommandLine;
using System.Globalization;
using CredentialSidecar.Configuration;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar intercept up</c>, <c>down</c> and <c>status</c>: for an init container, which has NET_ADMIN but neither token nor source.</summary>
internal static class InterceptCommand
{
    public static Command Create(Option<string?> file)
    {
        var uids = new Option<string[]>("--uid") { Description = "Whom to intercept, and the destination for them; may be given again. Without it, Interception:Uids of the configuration.", HelpName = "UID=DESTINATION" };
        var includeRoot = new Option<bool>("--include-root") { Description = "Allow uid 0, although ECS Exec then stops working." };
        var up = new Command("up", "Redirect 169.254.170.2:80 of these users to the sidecar, in this network namespace. Needs root and NET_ADMIN.") { uids, includeRoot, file };
        up.SetAction(parse => Up(ProcessEnvironment.Capture(), parse.GetValue(file), parse.GetValue(uids) ?? [], parse.GetValue(includeRoot), Console.Out, Console.Error));

        var down = new Command("down", "Take away what up added, and nothing else.");
        down.SetAction(_ => Down(Console.Out, Console.Error));

        var status = new Command("status", "Print the rules that are up. Exit code 0, or 1 where there are none.");
        status.SetAction(_ => Status(Console.Out, Console.Error));

        return new Command("intercept", "Let chosen users get a destination where they ask for the task role; see docs/interception.md.") { up, down, status };
    }

    /// <param name="uids">Each <c>1000=reports</c>; none means those of the configuration.</param>
    private static int Up(ProcessEnvironment environment, string? file, string[] uids, bool includeRoot, TextWriter output, TextWriter error) => Run(error, () =>
    {
        var options = InterceptionLoader.Load(environment, file, uids, includeRoot);
        var rules = new RedirectRules([.. options.Interception.Uids.Keys.Select(uid => uint.Parse(uid, CultureInfo.InvariantCulture)).Order()], options.Interception.Port);

        if (options.Networking.LinkLocalAddress is { Length: > 0 } address)
        {
            output.WriteLine(LinkLocalAddress.Add(address) ? $"Put {address} on loopback." : $"{address} is there already.");
        }

        if (rules.Uids.Count > 0)
        {
            var tool = Interception.Up(rules);
            output.WriteLine($"Interception is up by {tool}: {RedirectRules.AgentAddress}:{RedirectRules.AgentPort} of uid {string.Join(", ", rules.Uids)} goes to 127.0.0.1:{rules.Port}.");
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

    private static int Status(TextWriter output, TextWriter error) => Run(error, () =>
    {
        var rules = Interception.Status();
        output.WriteLine(rules ?? "Interception is down.");
        return rules is null ? ExitCodes.Unhealthy : ExitCodes.Ok;
    });

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
