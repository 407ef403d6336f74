using System.Reflection;
using Microsoft.AspNetCore.Http;
using Mono.Cecil;

namespace CredentialSidecar.Tests.Architecture.Symbols;

/// <summary>A compiled program of ours and every use of a type in it.</summary>
internal sealed class CompiledProgram
{
    private readonly ModuleDefinition _module;

    private CompiledProgram(ModuleDefinition module)
    {
        _module = module;
        Uses = [.. module.GetTypes().SelectMany(OfType)];
    }

    public IReadOnlyList<Use> Uses { get; }

    /// <summary>The namespaces of the types that it holds.</summary>
    public IEnumerable<string> Namespaces => _module.Types.Select(type => type.Namespace).Distinct();

    /// <summary>The assemblies that it refers to.</summary>
    public IEnumerable<string> References => _module.AssemblyReferences.Select(reference => reference.Name);

    /// <summary>The source files of its statements.</summary>
    public IEnumerable<string> Documents => _module.GetTypes().SelectMany(type => type.Methods)
        .SelectMany(method => method.DebugInformation.SequencePoints).Select(point => point.Document.Url).Distinct();

    public static CompiledProgram Read(Assembly assembly)
    {
        // The values of enums in attributes can be read only with the assemblies that declare these.
        var resolver = new DefaultAssemblyResolver();

        foreach (var known in (Assembly[])[assembly, typeof(object).Assembly, typeof(HttpContext).Assembly])
        {
            resolver.AddSearchDirectory(Path.GetDirectoryName(known.Location));
        }

        // In memory and never disposed: names and lines are read only when a message needs them.
        return new CompiledProgram(ModuleDefinition.ReadModule(
            assembly.Location, new ReaderParameters { ReadSymbols = true, InMemory = true, AssemblyResolver = resolver }));
    }

    private static IEnumerable<Use> OfType(TypeDefinition type)
    {
        var outermost = OutermostOf(type);
        return Mentions.OfDeclaration(type).Select(to => new Use(outermost, to, () => SourcePlace.Of(outermost, to)))
            .Concat(type.Methods.SelectMany(method => OfMethod(outermost, method)));
    }

    private static IEnumerable<Use> OfMethod(TypeDefinition outermost, MethodDefinition method)
    {
        foreach (var to in Mentions.OfDeclaration(method))
        {
            yield return new Use(outermost, to, () => SourcePlace.Of(outermost, to));
        }

        if (!method.HasBody)
        {
            yield break;
        }

        foreach (var to in Mentions.OfLocals(method.Body))
        {
            yield return At(0, to);
        }

        foreach (var handler in method.Body.ExceptionHandlers)
        {
            foreach (var to in Mentions.OfCatch(handler))
            {
                yield return At(handler.HandlerStart.Offset, to);
            }
        }

        foreach (var instruction in method.Body.Instructions)
        {
            foreach (var to in Mentions.OfInstruction(instruction))
            {
                yield return At(instruction.Offset, to);
            }
        }

        Use At(int offset, TypeReference to) => new(outermost, to, () => SourcePlace.Of(method, offset) ?? SourcePlace.Of(outermost, to));
    }

    private static TypeDefinition OutermostOf(TypeDefinition type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }
}
