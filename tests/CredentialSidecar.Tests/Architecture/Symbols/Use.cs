using Mono.Cecil;

namespace CredentialSidecar.Tests.Architecture.Symbols;

/// <summary>One use of a type by the code of another, as the compiler wrote it down.</summary>
/// <param name="From">The outermost type that uses the other: a lambda or state machine belongs to the type that declares it.</param>
/// <param name="To">The outermost type that is used.</param>
/// <param name="Place">File and line. Searched only for a message, because a declaration's line takes a look at the source.</param>
internal sealed record Use(TypeReference From, TypeReference To, Func<string> Place)
{
    private const string Own = "CredentialSidecar";

    public string? FromFolder => FolderOf(From.Namespace);

    public string? ToFolder => FolderOf(To.Namespace);

    /// <summary>Whether the used type belongs to a library, by its namespace or by the assembly that holds it.</summary>
    /// <remarks>By both, because libraries put extension methods into the namespaces of others.</remarks>
    public bool IsOf(string library) => StartsWith(To.Namespace, library) || StartsWith(To.Scope.Name, library);

    /// <summary>The first segment behind the program's name: the folder, also of a type in a sub-namespace.</summary>
    /// <returns>"" for the root, null for code that is not ours.</returns>
    public static string? FolderOf(string space) => space == Own ? ""
        : space.StartsWith(Own + ".", StringComparison.Ordinal) ? space.Split('.')[1]
        : null;

    private static bool StartsWith(string name, string library) =>
        name == library || name.StartsWith(library + ".", StringComparison.Ordinal);
}
