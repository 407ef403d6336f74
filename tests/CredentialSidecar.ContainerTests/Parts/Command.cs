using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace CredentialSidecar.ContainerTests.Parts;

/// <summary>Runs a program to its end, and ends it if it does not come to one.</summary>
internal static class Command
{
    // A busy machine starts a container in seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <param name="variables">On top of this process's own.</param>
    /// <exception cref="Win32Exception">The program does not exist.</exception>
    public static async Task<Ended> RunAsync(
        string program, IEnumerable<string> words, IEnumerable<(string Name, string Value)>? variables = null, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };

        foreach (var (name, value) in variables ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = new Process { StartInfo = start };
        var (output, all) = (new StringBuilder(), new StringBuilder());
        process.OutputDataReceived += (_, line) => Keep(line.Data, output, all);
        process.ErrorDataReceived += (_, line) => Keep(line.Data, all);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var late = new CancellationTokenSource(limit ?? Patience);

        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', words)} did not end: {all}");
        }

        lock (all)
        {
            return new Ended(process.ExitCode, output.ToString().TrimEnd(), all.ToString().TrimEnd());
        }

        void Keep(string? line, params StringBuilder[] places)
        {
            lock (all)
            {
                foreach (var place in line is null ? [] : places)
                {
                    place.Append(line).Append('\n');
                }
            }
        }
    }

    /// <param name="Output">Standard output alone.</param>
    /// <param name="All">Both streams, as the lines came.</param>
    internal sealed record Ended(int Code, string Output, string All)
    {
        /// <summary>Standard output, of a program that must succeed.</summary>
        public string Succeeded()
        {
            Assert.True(Code == 0, ToString());
            return Output;
        }

        public override string ToString() => $"exit code {Code}\n{All}";
    }
}
