namespace Quickstart;

/// <summary>The demonstration cannot go on.</summary>
/// <param name="lastLines">What the child in question printed last.</param>
internal sealed class QuickstartException(string message, IReadOnlyList<string>? lastLines = null) : Exception(message)
{
    public IReadOnlyList<string> LastLines => lastLines ?? [];
}
