using System.Collections;

namespace CredentialSidecar.Telemetry;

/// <summary>A log event whose fields are known only when it is written; a field without a value is left out.</summary>
/// <param name="time">When it happened, which may be earlier than when it is written.</param>
/// <param name="title">The message of a JSON line, whose fields contain the rest.</param>
/// <param name="sentence">The message of a text line.</param>
/// <param name="fields">Names in the form of .NET's log fields, and values.</param>
internal sealed class LogRecord(
    DateTimeOffset time, string title, string sentence, params IEnumerable<(string Name, object? Value)> fields)
    : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _fields =
        [.. from field in fields where field.Value is not null select KeyValuePair.Create(field.Name, field.Value)];

    public DateTimeOffset Time => time;

    public string Title => title;

    public int Count => _fields.Length;

    public KeyValuePair<string, object?> this[int index] => _fields[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, object?>>)_fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => sentence;
}
