using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration;

/// <summary>Collects all mistakes and warnings, so that one start reports them all.</summary>
internal sealed class Findings
{
    private readonly List<Mistake> _mistakes = [];
    private readonly List<Mistake> _warnings = [];
    private readonly List<string> _unread = [];

    // Of each mistake, in their order: the key as an operator wrote it may have a name of theirs in it.
    private readonly List<string> _paths = [];

    /// <summary>Turns a path into the key as the operator wrote it.</summary>
    public Func<string, string> NameOf { get; set; } = path => path;

    /// <summary>A hint for a missing variable if a similar one is set.</summary>
    public Func<string, string> SimilarTo { get; set; } = _ => "";

    public IReadOnlyList<Mistake> Mistakes => _mistakes;

    public IReadOnlyList<Mistake> Warnings => _warnings;

    /// <summary>The mistakes of some sections.</summary>
    /// <param name="sections">Their paths, such as <c>Networking</c>.</param>
    public IEnumerable<Mistake> MistakesOf(params IReadOnlyCollection<string> sections) =>
        _mistakes.Where((_, i) => sections.Any(section => IsOf(_paths[i], section)));

    /// <summary>Records that a file or document could not be read, so missing settings may be in it.</summary>
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

    /// <summary>Reports a missing setting, unless it may be in a document that could not be read.</summary>
    public void Missing(string path, string text)
    {
        if (!SourceUnread)
        {
            Wrong(path, text + SimilarTo(path));
        }
    }

    /// <summary>Reports a value that could not be read, so that no rule reports it or the settings below it again.</summary>
    public void Unread(string path, string text)
    {
        Wrong(path, text);
        _unread.Add(path);
    }

    /// <summary>Marks paths that were rejected for another reason, so that no rule reports them again.</summary>
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

    /// <summary>Warns of a file that another user can change.</summary>
    public void Doubt(string path, FileContent content)
    {
        if (content.Doubt is { } doubt)
        {
            Warn(path, $"names a file that {doubt}; make root or uid {SmallFile.UserId()} its owner, "
                + "and remove the write permission of all others: chmod go-w");
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
