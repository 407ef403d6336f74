using System.Globalization;
using System.Text;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar rotate-tokens</c>: SIGHUP for the sidecar beside it, in images that have no shell and no kill.</summary>
internal static class RotateCommand
{
    private const int Hangup = 1;

    private const string Name = "credential-sidecar";

    /// <param name="settings">The configuration, for the names of clients; null where it cannot be read here.</param>
    /// <param name="proc">Where the kernel shows processes; a test gives its own.</param>
    /// <param name="signal">Sends a signal to a process; zero where it was sent.</param>
    public static int Run(TextWriter output, TextWriter error, SidecarSettings? settings, string proc = "/proc", Func<int, int, int>? signal = null)
    {
        var serving = Directory.EnumerateDirectories(proc).Select(Path.GetFileName).Where(id => IsServing(proc, id!)).Select(id => int.Parse(id!, CultureInfo.InvariantCulture)).Order().ToArray();

        if (serving.Length == 0)
        {
            error.WriteLine("credential-sidecar: no sidecar is serving in this container's process namespace; run this in its own container.");
            return ExitCodes.Unavailable;
        }

        foreach (var id in serving)
        {
            if (Ignores(Path.Combine(proc, id.ToString(CultureInfo.InvariantCulture), "status"), Hangup))
            {
                error.WriteLine($"credential-sidecar: process {id} ignores SIGHUP, as a program does that nohup started; its tokens were not replaced. Start the sidecar without nohup.");
                return ExitCodes.Unavailable;
            }

            if ((signal ?? Libc.Kill)(id, Hangup) != 0)
            {
                error.WriteLine($"credential-sidecar: process {id} belongs to another user; run this as the sidecar's user or as root.");
                return ExitCodes.Unavailable;
            }

            output.WriteLine($"Told process {id} to make new tokens and to reopen its audit file. Event 603 in its log lists the clients whose tokens were replaced.");
        }

        output.WriteLine(Kept(settings));
        return ExitCodes.Ok;
    }

    private static string Kept(SidecarSettings? settings)
    {
        string[] kept = [.. settings?.Clients.Where(client => client.Origin != TokenOrigin.Generated).Select(Shown) ?? []];

        return (settings, kept) switch
        {
            (null, _) => "Clients with a configured token keep it; change it in the configuration. The configuration cannot be read here, so their names are not known.",
            ({ Clients: [] }, _) => "No client has a token: Access:AllowAnonymous is set.",
            (_, []) => "No client keeps its token.",
            (_, [_]) => $"This client keeps its configured token: {kept[0]}. Change it there.",
            _ => $"These clients keep their configured tokens: {string.Join(", ", kept)}. Change them there.",
        };

        string Shown(ClientSettings client) => $"{client.Name} ({(client.TokenFile is null ? settings!.NameOf($"{client.Path}:Token") : client.TokenFile)})";
    }

    private static bool Ignores(string status, int signal)
    {
        try
        {
            const string name = "SigIgn:";
            var line = File.ReadLines(status).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return ulong.TryParse(line?[name.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var ignored) && (ignored >> (signal - 1) & 1) == 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsServing(string proc, string id)
    {
        try
        {
            // Its arguments tell the service from its commands, and can be read where its memory cannot.
            return id.All(char.IsAsciiDigit) && id != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
                && Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(proc, id, "cmdline"))).Split('\0') is [var program, "" or "serve" or ['-', ..], ..]
                && Path.GetFileName(program) == Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return false;
        }
    }
}
