namespace CredentialSidecar.Launcher.Arguments;

/// <summary>The flags before the program, and the program with its unchanged arguments.</summary>
internal sealed class CommandLine
{
    private readonly List<(Flag Flag, string Value)> _flags = [];

    public string[] Program { get; private set; } = [];

    public List<Mistake> Mistakes { get; } = [];

    public bool Has(Flag flag) => ValuesOf(flag).Count > 0;

    public List<string> ValuesOf(Flag flag)
    {
        var values = new List<string>();

        foreach (var given in _flags)
        {
            if (given.Flag == flag)
            {
                values.Add(given.Value);
            }
        }

        return values;
    }

    /// <remarks>Like env and nice: the program begins at the first word that is not a flag, or after <c>--</c>.</remarks>
    public static CommandLine Parse(string[] words)
    {
        var line = new CommandLine();
        var i = 0;

        while (i < words.Length && words[i].StartsWith('-') && words[i] != "--")
        {
            line.Read(words, ref i);
        }

        if (i < words.Length && words[i] == "--")
        {
            i++;
        }

        line.Program = words[i..];
        return line;
    }

    private void Read(string[] words, ref int i)
    {
        var word = words[i++];
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];

        if (Flag.Find(name) is not { } flag)
        {
            // What follows the equals sign may be a secret.
            Wrong($"{name} is not a launcher flag; put the program and its arguments after --, or see credential-launch --help.");
        }
        else if (!flag.TakesValue)
        {
            Add(flag, equals < 0, "", $"{name} does not take a value; write {name} alone.");
        }
        else if (flag.IsOptional)
        {
            // An empty value is that of a variable which is not set, and not the wish for the default.
            var given = equals >= 0 ? word[(equals + 1)..] : i < words.Length && !words[i].StartsWith('-') ? words[i++] : null;
            Add(flag, given?.Length != 0, given ?? "", $"{name} has an empty value; leave it out, or name a destination.");
        }
        else if (equals >= 0)
        {
            Add(flag, true, word[(equals + 1)..], "");
        }
        else
        {
            var present = i < words.Length && words[i] != "--";
            Add(flag, present, present ? words[i++] : "", $"{name} needs a value: {name} VALUE or {name}=VALUE.");
        }
    }

    private void Add(Flag flag, bool holds, string value, string otherwise)
    {
        if (!holds)
        {
            Wrong(otherwise);
        }
        else if (Has(flag) && !flag.Repeats)
        {
            Wrong($"{flag.Name} is given twice; keep one of them.");
        }
        else
        {
            _flags.Add((flag, value));
        }
    }

    private void Wrong(string text) => Mistakes.Add(new Mistake(ExitCodes.Usage, text));
}
