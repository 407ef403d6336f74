using System.Globalization;
using System.Text;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>Checks the environments of visible processes. Siblings are visible only if the task shares its process namespace.</summary>
internal static class ProcessesCheck
{
    private const string Check = "processes";

    /// <param name="proc"><c>/proc</c>.</param>
    public static void Run(Examination examination, string proc, SidecarSettings settings, IReadOnlyCollection<string> tokens)
    {
        var (seen, hidden) = (0, 0);
        var shells = Lineage.Of(proc, Environment.ProcessId);

        foreach (var folder in Directory.EnumerateDirectories(proc).Where(folder => IsOther(folder, shells)).Order(StringComparer.Ordinal))
        {
            try
            {
                var name = File.ReadAllText(Path.Combine(folder, "comm")).Trim();

                // Skip the sidecar's own processes. The kernel cuts a name to 15 characters.
                if (name.StartsWith("credential-side", StringComparison.Ordinal) || name == "credential-supe")
                {
                    continue;
                }

                var environment = Read(Path.Combine(folder, "environ"));

                // A kernel thread has no environment.
                if (environment.Count == 0 || !IsOfAws(environment))
                {
                    continue;
                }

                seen++;
                EnvironmentCheck.OfSibling(examination, $"pid {Path.GetFileName(folder)} ({name})", environment.GetValueOrDefault, settings,
                    tokens);
            }
            catch (UnauthorizedAccessException)
            {
                hidden++;
            }
            catch (IOException)
            {
                // The process ended meanwhile.
            }
        }

        if (hidden > 0)
        {
            WarnOfHidden(examination, hidden);
        }
        else if (seen == 0)
        {
            examination.Pass(Check,
                "no visible process has AWS variables; siblings are visible only if the task shares its process namespace (pidMode: task)");
        }
    }

    /// <param name="hidden">How many processes the kernel did not show.</param>
    public static void WarnOfHidden(Examination examination, int hidden) => examination.Warn(
        Check,
        $"uid {SmallFile.UserId()} cannot read the environment of {hidden} other {(hidden == 1 ? "process" : "processes")} without "
        + "the capability SYS_PTRACE",
        "Add SYS_PTRACE to this container: linuxParameters.capabilities.add in ECS, cap_add in compose, "
        + "securityContext.capabilities.add in Kubernetes. Running as root alone is not enough.");

    private static bool IsOther(string folder, IReadOnlySet<int> shells) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && id != Environment.ProcessId && !shells.Contains(id);

    private static bool IsOfAws(Dictionary<string, string> environment) =>
        environment.Keys.Any(name => name.StartsWith("AWS_CONTAINER_", StringComparison.Ordinal));

    private static Dictionary<string, string> Read(string file) => Encoding.UTF8.GetString(File.ReadAllBytes(file))
        .Split('\0', StringSplitOptions.RemoveEmptyEntries)
        .Select(variable => variable.Split('=', 2))
        .Where(parts => parts.Length == 2 && parts[1].Length > 0)
        .DistinctBy(parts => parts[0])
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
}
