using System.Collections.Concurrent;
using System.ComponentModel;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>One SDK in one version, as a program of its own: it takes how many calls to make and prints a line of JSON for each.</summary>
/// <param name="Id">Its row in docs/compatibility.md, and its name in .ci/install-clients.</param>
/// <param name="Command">What starts it, but for the number of calls; none where this machine has no such program.</param>
internal sealed record Client(string Id, string Sdk, Func<Task<string[]?>> Command)
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string?>>> Versions = new();

    /// <summary>Each call is a process, which starts with nothing in memory.</summary>
    public bool IsProcessPerCall { get; init; }

    /// <summary>Calls after which a client that asks for each of them has shown itself.</summary>
    public int Calls => IsProcessPerCall ? 2 : 20;

    /// <summary>It does not tell an ARN but an access key id, because it has no STS client here.</summary>
    public bool ProviderOnly { get => field || RelativeOnly; init; }

    /// <summary>Its package for STS is not installed, so it cannot assume the role of a profile.</summary>
    public bool HasNoSts { get; init; }

    /// <summary>It does not read the token from the variable.</summary>
    public bool TokenFileOnly { get; init; }

    /// <summary>It does not read FULL_URI, so it has no cells in columns about that.</summary>
    public bool RelativeOnly { get; init; }

    /// <summary>It renews in the background at a moment drawn by lot, so that one run asks once and the next one twenty times.</summary>
    public bool AsksByChance { get; init; }

    public IReadOnlyList<(string Name, string? Value)> Environment { get; init; } = [];

    public override string ToString() => Id;

    /// <summary>The version that the program itself tells; skips the test where it does not run.</summary>
    public async Task<string> VersionAsync()
    {
        var version = await KnownVersionAsync();
        Assert.SkipWhen(version is null, $"{Sdk} is not installed: .ci/install-clients {Id}");
        return version!;
    }

    /// <summary>The words to start it with.</summary>
    public async Task<string[]> WordsAsync(int calls)
    {
        await VersionAsync();
        return [.. (await Command())!, $"{calls}"];
    }

    public async Task<bool> IsThereAsync() => await KnownVersionAsync() is not null;

    private Task<string?> KnownVersionAsync() => Versions.GetOrAdd(Id, _ => new(FindVersionAsync)).Value;

    private async Task<string?> FindVersionAsync()
    {
        try
        {
            return await Command() is [var program, .. var words]
                ? ClientRun.Of(await ChildProcess.RunAsync(program, [.. words, "0"], CleanEnvironment.With(Environment))).Version
                : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
