using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CredentialSidecar.Tests.Architecture.Symbols;

/// <summary>File and line of a use, for a message.</summary>
internal static partial class SourcePlace
{
    /// <summary>The statement that holds an instruction: the last one that begins at or before it.</summary>
    public static string? Of(MethodDefinition method, int offset) =>
        method.DebugInformation.SequencePoints.LastOrDefault(point => point.Offset <= offset && !point.IsHidden) is { } point
            ? $"{Shortened(point.Document.Url)}:{point.StartLine}"
            : null;

    /// <summary>
    /// The line on which a type's source names the other. Symbols give lines to statements only, so a field, a base type, a parameter
    /// or an attribute is looked up in the text.
    /// </summary>
    public static string Of(TypeReference from, TypeReference to)
    {
        var declaration = new Regex($@"\b(class|struct|record|interface|enum|delegate\s.*)\s+{Regex.Escape(BareName(from))}\b");
        var mention = new Regex($@"\b{Regex.Escape(BareName(to))}(Attribute)?\b");
        var places = (from file in Directory.EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories)
                      where !file.Contains("/obj/", StringComparison.Ordinal)
                      let lines = File.ReadAllLines(file)
                      where lines.Any(declaration.IsMatch) && lines.Contains($"namespace {from.Namespace};")
                      let line = Array.FindIndex(lines, text => mention.IsMatch(text) && !Comment().IsMatch(text))
                      orderby line < 0
                      select $"{Shortened(file)}:{(line < 0 ? Array.FindIndex(lines, declaration.IsMatch) : line) + 1}").ToArray();

        return places.FirstOrDefault() ?? from.FullName;
    }

    [GeneratedRegex(@"^\s*//")]
    private static partial Regex Comment();

    // A build in CI maps the tree to /_/.
    private static string Shortened(string file) => file[(file.LastIndexOf("/src/", StringComparison.Ordinal) + 1)..];

    private static string BareName(TypeReference type)
    {
        var name = type.Name.Split('`')[0];
        return name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^9] : name;
    }
}
