using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Generating;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar whoami</c>: the identity that STS sees at the source and after each hop.</summary>
internal static class WhoamiCommand
{
    private static readonly WhoamiJson Readable = new(ReadableJson.Of(WhoamiJson.Default.Options));

    private static readonly Argument<string?> Destination = new("destination")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "One destination. Default: all destinations.",
    };

    /// <param name="environment">Reads the environment with the configuration.</param>
    public static Command Create(Option<string?> file, Option<bool> json, Func<ProcessEnvironment> environment)
    {
        var command = new Command("whoami",
            "Print the identity that STS sees at the source and after each hop. Calls STS. Exit code 0, 1, 64 or 78.")
        {
            Destination, file, json,
        };
        command.SetAction(async (parse, cancellation) =>
        {
            var (output, error) = (parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);

            try
            {
                var settings = SettingsLoader.Load(environment(), parse.GetValue(file)).Settings;
                var callers = await ReadAsync(settings, parse.GetValue(Destination), cancellation);
                output.WriteLine(parse.GetValue(json)
                    ? JsonSerializer.Serialize(callers, Readable.IReadOnlyListCaller)
                    : string.Join('\n', Table(callers)));
                return callers.Any(caller => caller.Failure is not null) ? ExitCodes.Unhealthy : ExitCodes.Ok;
            }
            catch (InputException e)
            {
                error.WriteLine($"credential-sidecar: {e.Message}");
                return ExitCodes.Usage;
            }
            catch (ConfigurationMistakesException e)
            {
                return MistakesPrinter.Print(e.Mistakes, error, "STS was not called");
            }
        });
        return command;
    }

    private static async Task<IReadOnlyList<Caller>> ReadAsync(
        SidecarSettings settings, string? destination, CancellationToken cancellationToken)
    {
        if (destination is not null && settings.Destinations.All(one => one.Name != destination))
        {
            throw new InputException(
                UnknownName.Text("The configuration", "destination", destination, settings.Destinations.Select(one => one.Name)));
        }

        await using var walk = new ChainWalk(settings);
        var callers = new List<Caller>();

        try
        {
            var task = await walk.ReadTaskAsync(settings.Metadata, cancellationToken);
            RoleChain[] chains = [.. settings.Chains(task).Where(chain => destination is null || chain.Destination == destination)];
            var source = await walk.ReadSourceAsync(cancellationToken);
            var region = settings.Region ?? task.Region ?? chains.SelectMany(chain => chain.Hops).FirstOrDefault()?.Region ?? "us-east-1";
            callers.Add(await AskAsync(walk, new Caller { Destination = null, Step = "source" }, region, source, cancellationToken));

            await foreach (var step in walk.StepsAsync(chains, source, cancellationToken))
            {
                var caller = new Caller { Destination = step.Destination, Step = $"{step.Label}", Role = step.Hop?.Role.Text };
                callers.Add(step.Failure is { } failure ? caller with { Failure = failure.ForOperator, Advice = failure.Advice }
                    : await AskAsync(walk, caller, step.Hop?.Region ?? region, step.Session, cancellationToken));
            }
        }
        catch (CredentialException e)
        {
            callers.Add(new Caller { Destination = null, Step = "source", Failure = e.ForOperator, Advice = e.Advice });
        }

        return callers;
    }

    private static async Task<Caller> AskAsync(
        ChainWalk walk, Caller caller, string region, TemporaryCredentials session, CancellationToken cancellationToken)
    {
        try
        {
            var (account, arn) = await CallerIdentity.AskAsync(walk.Sts, region, session, walk.Mask, cancellationToken);
            return caller with
            {
                Account = account,
                Arn = arn,
                AccessKeyId = session.AccessKeyId,
                Expiration = session.Expiration == DateTimeOffset.MaxValue ? null : session.Expiration,
            };
        }
        catch (CredentialException e)
        {
            return caller with { Failure = e.ForOperator, Advice = e.Advice };
        }
    }

    private static IEnumerable<string> Table(IReadOnlyList<Caller> callers)
    {
        string[][] rows =
        [
            ["DESTINATION", "STEP", "ACCOUNT", "IDENTITY"],
            .. callers.Select(caller => (string[])[caller.Destination ?? "-", caller.Step, caller.Account ?? "-",
                caller.Arn ?? $"failed: {caller.Failure}"]),
        ];
        var widths = Enumerable.Range(0, rows[0].Length - 1).Select(column => rows.Max(row => row[column].Length)).ToArray();

        foreach (var (index, row) in rows.Index())
        {
            yield return string.Join("  ", row.Select((cell, column) => column < widths.Length ? cell.PadRight(widths[column]) : cell));

            if (index > 0 && callers[index - 1].Advice is { } advice)
            {
                yield return $"  -> {advice}";
            }
        }
    }
}

/// <summary>What STS says about the caller at one step.</summary>
internal sealed record Caller
{
    /// <summary>Null for the source.</summary>
    public required string? Destination { get; init; }

    /// <summary><c>source</c> or <c>hop 1</c>.</summary>
    public required string Step { get; init; }

    /// <summary>The role that the hop assumes; null for the source.</summary>
    public string? Role { get; init; }

    public string? Account { get; init; }

    public string? Arn { get; init; }

    public string? AccessKeyId { get; init; }

    /// <summary>Null where the session does not say.</summary>
    public DateTimeOffset? Expiration { get; init; }

    /// <summary>Null if STS named the caller.</summary>
    public string? Failure { get; init; }

    public string? Advice { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<Caller>))]
internal sealed partial class WhoamiJson : JsonSerializerContext;
