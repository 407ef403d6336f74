using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Generating;
using CredentialSidecar.Shared;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands.Getting;

/// <summary><c>credential-sidecar get</c>: requests a session from the running sidecar as an SDK does, and prints it.</summary>
internal static class GetCommand
{
    private const string Json = "json", Process = "process", Environment = "env", File = "credentials-file";

    /// <summary>Longer than the sidecar takes to answer, also for a lazy destination.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly Argument<string?> Destination = new("destination")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "The destination. Default: the sidecar's default destination.",
    };

    private static readonly Option<string> Format = new("--format")
    {
        Description = "json (the container credentials contract), process (for credential_process of an SDK), env (for eval in a shell) "
            + "or credentials-file (a profile).",
        DefaultValueFactory = _ => Json,
        HelpName = "FORMAT",
    };

    private static readonly Option<string?> Client = new("--client")
    {
        Description = "The client whose token to send. Default: the first one that may read the destination.",
        HelpName = "CLIENT",
    };

    private static readonly Option<string?> Out = new("--out", "-o")
    {
        Description = "With credentials-file: the file to put the profile into. Its other profiles stay.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Profile = new("--profile")
    {
        Description = "With credentials-file: the profile's name. Default: the destination's name.",
        HelpName = "NAME",
    };

    /// <param name="environment">Reads the environment with the configuration.</param>
    public static Command Create(Option<string?> file, Func<ProcessEnvironment> environment)
    {
        Format.AcceptOnlyFromAmong(Json, Process, Environment, File);
        var command = new Command("get",
            "Print a session of the running sidecar, with its secret key and session token. Exit code 0, 1, 64, 69 or 78.")
        {
            Destination, Format, Client, Out, Profile, file,
        };
        command.SetAction((parse, cancellation) => RunAsync(parse, file, environment(), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parse, Option<string?> file, ProcessEnvironment environment, CancellationToken cancellationToken)
    {
        var (output, error) = (parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);

        try
        {
            Check(parse);
            var settings = SettingsLoader.Load(environment, parse.GetValue(file)).Settings;
            var destination = parse.GetValue(Destination);
            var key = ClientKey.Find(settings, destination, parse.GetValue(Client));
            var session = await AskAsync(settings, destination, key, cancellationToken);
            await WriteAsync(session);
            await output.FlushAsync(cancellationToken);
            return ExitCodes.Ok;
        }
        catch (InputException e)
        {
            return Fail(ExitCodes.Usage, e.Message);
        }
        catch (NoSessionException e)
        {
            return Fail(e.ExitCode, e.Message);
        }
        catch (IOException e)
        {
            return Fail(ExitCodes.Unavailable, $"standard output cannot be written: {e.Message}");
        }
        catch (ConfigurationMistakesException e)
        {
            return MistakesPrinter.Print(e.Mistakes, error, "no session was requested");
        }

        int Fail(int code, string message)
        {
            error.WriteLine($"credential-sidecar: {message}");
            return code;
        }

        async Task WriteAsync(ServedSession session)
        {
            switch (parse.GetValue(Format))
            {
                case Process:
                    output.Write(SessionFormats.Process(session));
                    break;
                case Environment:
                    output.Write(SessionFormats.Environment(session));
                    break;
                case File when parse.GetValue(Out) is { } path:
                    var profile = ProfileOf(parse);
                    await CredentialsFile.PutAsync(path, profile, session, cancellationToken);
                    error.WriteLine($"Wrote profile {profile} to {path}. "
                        + $"The session expires at {session.Expiration ?? "an unknown time"}.");
                    break;
                case File:
                    output.Write(CredentialsFile.Section(ProfileOf(parse), session));
                    break;
                default:
                    output.WriteLine(session.Body);
                    break;
            }
        }
    }

    private static string ProfileOf(ParseResult parse) =>
        parse.GetValue(Profile) ?? parse.GetValue(Destination) ?? ClientSettings.Default;

    private static void Check(ParseResult parse)
    {
        if (parse.GetValue(Destination) is { } name && !DestinationName.IsValid(name))
        {
            throw new InputException($"the destination is {Shown.Quoted(name)}; expected 1 to 64 of a-z, 0-9, _ and -.");
        }

        foreach (var option in new[] { Out, Profile })
        {
            if (parse.GetValue(option) is { } value && parse.GetValue(Format) != File)
            {
                throw new InputException($"{option.Name} {Shown.Quoted(value)} needs --format {File}.");
            }
        }

        if (parse.GetValue(Format) == File && !CredentialsFile.IsProfileName(ProfileOf(parse)))
        {
            throw new InputException(
                $"{Profile.Name} is {Shown.Quoted(ProfileOf(parse))}; expected 1 to 64 of A-Z, a-z, 0-9 and _ . @ / + -.");
        }
    }

    private static async Task<ServedSession> AskAsync(
        SidecarSettings settings, string? destination, ClientKey key, CancellationToken cancellationToken)
    {
        var first = settings.Listen.Addresses.FirstOrDefault(IPAddress.Loopback);

        // A client cannot connect to the address that means every address.
        var reached = first.Equals(IPAddress.Any) ? IPAddress.Loopback : first.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : first;
        var address = new IPEndPoint(reached, settings.Listen.Port);
        var uri = new Uri($"http://{address}{FixedNames.CredentialsPath}{(destination is null ? "" : $"/{destination}")}");
        using var reader = new EndpointReader((_, stop) => key.ConnectAsync(address, stop));
        using var late = new CancellationTokenSource(Limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);

        try
        {
            var (status, body) = await reader.GetAsync(uri, key.Token, either.Token);
            return ServedSession.Read(uri, (int)status, body);
        }
        catch (HttpRequestException e) when (e.InnerException is NoSessionException known)
        {
            throw known;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var isClosed = e is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
            var why = isClosed ? "no program listens there"
                : e is HttpRequestException ? "the answer is not HTTP, or the connection broke"
                : $"no answer within {Limit.TotalSeconds:0} s";
            throw new NoSessionException(ExitCodes.Unavailable,
                $"no session from {uri}: {why}. Run this command where the sidecar runs, with its environment or --config.");
        }
    }
}

/// <summary>The sidecar gave no session; the message is for the operator.</summary>
internal sealed class NoSessionException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
