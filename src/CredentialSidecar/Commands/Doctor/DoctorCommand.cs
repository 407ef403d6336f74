using System.Text.Json;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>
/// <c>credential-sidecar doctor</c>: tests everything once, as the sidecar would use it, and prints what to do about failures.
/// </summary>
internal static class DoctorCommand
{
    private static readonly DoctorJson Readable = new(ReadableJson.Of(DoctorJson.Default.Options));

    /// <param name="proc">The path of <c>/proc</c>; tests use another one.</param>
    /// <param name="instanceMetadata">The address of instance metadata; tests use another one.</param>
    /// <returns>0, or 1 if a check failed.</returns>
    public static async Task<int> RunAsync(
        ProcessEnvironment environment, string? file, bool json, TextWriter output, CancellationToken cancellationToken,
        string proc = "/proc", Uri? instanceMetadata = null)
    {
        var examination = new Examination();

        try
        {
            var (settings, warnings) = SettingsLoader.Load(environment, file);
            examination.Pass("configuration", settings.ToString());

            foreach (var warning in warnings)
            {
                examination.Warn("configuration", warning.ToString(), null);
            }

            await ExamineAsync(examination, settings, environment, proc, instanceMetadata ?? InstanceMetadataCheck.Address,
                cancellationToken);
        }
        catch (ConfigurationMistakesException e)
        {
            foreach (var mistake in e.Mistakes)
            {
                examination.Fail("configuration", mistake.ToString(), null);
            }
        }

        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(examination.Lines, Readable.IReadOnlyListLine));
        }
        else
        {
            Print(examination, output);
        }

        return examination.Failed ? ExitCodes.Unhealthy : ExitCodes.Ok;
    }

    private static async Task ExamineAsync(
        Examination examination, SidecarSettings settings, ProcessEnvironment environment, string proc, Uri instanceMetadata,
        CancellationToken cancellationToken)
    {
        var tokens = TokenCheck.Run(examination, settings);

        await ChainCheck.RunAsync(examination, settings, cancellationToken);
        var mode = await ListenerCheck.RunAsync(examination, settings, cancellationToken);
        TlsCheck.Run(examination, settings, TimeProvider.System.GetUtcNow());
        await InstanceMetadataCheck.RunAsync(
            examination, settings, instanceMetadata, mode, environment["KUBERNETES_SERVICE_HOST"] is not null, cancellationToken);
        EnvironmentCheck.OfSidecar(examination, name => environment[name]);
        ProcessesCheck.Run(examination, proc, settings, tokens);
    }

    private static void Print(Examination examination, TextWriter output)
    {
        var width = examination.Lines.Max(line => line.Check.Length);

        foreach (var line in examination.Lines)
        {
            output.WriteLine($"{line.Verdict.ToString().ToLowerInvariant(),-4}  {line.Check.PadRight(width)}  {line.Text}");

            if (line.Remedy is not null)
            {
                output.WriteLine($"      {new string(' ', width)}  -> {line.Remedy}");
            }
        }
    }
}
