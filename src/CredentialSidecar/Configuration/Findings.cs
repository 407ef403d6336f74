using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration;

/// <summary>Gathers all mistakes and warnings, so that one start shows every one of them.</summary>
internal sealed class Findings
{
    private readonly List<Mistake> _mistakes = [];
    private readonly List<Mistake> _warnings = [];
    private readonly List<string> _unread = [];

    // Of each mistake, in their order: the key as an operator wrote it may have a name of theirs in it.
    private readonly List<string> _paths = [];

    /// <summary>Turns a path into the key as the operator wrote it.</summary>
    public Func<string, string> NameOf { get; set; } = path => path;

    /// <summary>What to add where a variable is missing and another one looks like it.</summary>
    public Func<string, string> SimilarTo { get; set; } = _ => "";

    public IReadOnlyList<Mistake> Mistakes => _mistakes;

    public IReadOnlyList<Mistake> Warnings => _warnings;

    /// <summary>The mistakes of some sections.</summary>
    /// <param name="sections">Their paths, such as <c>Networking</c>.</param>
    public IEnumerable<Mistake> MistakesOf(params IReadOnlyCollection<string> sections) => _mistakes.Where((_, i) => sections.Any(section => IsOf(_paths[i], section)));

    /// <summary>A whole file or document could not be read, so what seems to be missing may stand in there.</summary>
    public bool SourceUnread { get; private set; }

    public void Wrong(string path, string text)
    {
        if (!IsUnread(path))
        {
            Add(_mistakes, path, text);
        }
    }

    public void Require(bool holds, string path, string text)
    {
        if (!holds)
        {
            Wrong(path, text);
        }
    }

    /// <summary>Something needed was found nowhere; not said where it may stand in what could not be read.</summary>
    public void Missing(string path, string text)
    {
        if (!SourceUnread)
        {
            Wrong(path, text + SimilarTo(path));
        }
    }

    /// <summary>The value could not even be read, so no rule has anything more to say of it or of what is below it.</summary>
    public void Unread(string path, string text)
    {
        Wrong(path, text);
        _unread.Add(path);
    }

    /// <summary>What is at these paths was refused for another reason, so no rule has anything to say of it.</summary>
    public void Skip(IEnumerable<string> paths) => _unread.AddRange(paths);

    public void UnreadSource(string name, string text)
    {
        Wrong(name, text);
        SourceUnread = true;
    }

    public bool IsUnread(string path) => _unread.Exists(unread =>
        path.Equals(unread, StringComparison.OrdinalIgnoreCase) || ConfigurationLayer.IsBelow(path, unread));

    public bool IsUnreadBelow(string path) => _unread.Exists(unread => ConfigurationLayer.IsBelow(unread, path));

    public void Warn(string path, string text) => Add(_warnings, path, text);

    /// <summary>Warns of a file that somebody else can change.</summary>
    public void Doubt(string path, FileContent content)
    {
        if (content.Doubt is { } doubt)
        {
            Warn(path, $"names a file that {doubt}; make root or uid {SmallFile.UserId()} its owner, "
                + "and take the right to write from all others: chmod go-w");
        }
    }

    // A variable that could not become a path has its own name for one.
    private static bool IsOf(string path, string section) => path.Equals(section, StringComparison.OrdinalIgnoreCase)
        || ConfigurationLayer.IsBelow(path, section) || path.StartsWith($"SIDECAR_{section}_", StringComparison.OrdinalIgnoreCase);

    private void Add(List<Mistake> list, string path, string text)
    {
        var mistake = new Mistake(Shown.OnOneLine(NameOf(path)), Shown.OnOneLine(text));

        if (!list.Contains(mistake))
        {
            list.Add(mistake);

            if (ReferenceEquals(list, _mistakes))
            {
                _paths.Add(path);
            }
        }
    }
}
