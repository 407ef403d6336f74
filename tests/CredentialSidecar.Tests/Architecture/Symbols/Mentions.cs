using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CredentialSidecar.Tests.Architecture.Symbols;

/// <summary>The types that a declaration, an attribute or an instruction mentions.</summary>
/// <remarks>
/// The compiler replaces a constant, <c>nameof</c> and the value of an enum by text or a number, so none of them is seen here.
/// The type of an enum is seen all the same, because the signature that takes or returns it counts as mentioned.
/// </remarks>
internal static class Mentions
{
    public static IEnumerable<TypeReference> OfDeclaration(TypeDefinition type) => Outermost(
    [
        type.BaseType,
        .. type.Interfaces.SelectMany(entry => OfAttributes(entry).Append(entry.InterfaceType)),
        .. OfAttributes(type),
        .. type.GenericParameters.SelectMany(OfConstraints),
        .. type.Fields.SelectMany(field => OfAttributes(field).Append(field.FieldType)),
        .. type.Properties.SelectMany(property => OfAttributes(property).Append(property.PropertyType)),
        .. type.Events.SelectMany(entry => OfAttributes(entry).Append(entry.EventType)),
    ]);

    public static IEnumerable<TypeReference> OfDeclaration(MethodDefinition method) => Outermost(
    [
        method.ReturnType,
        .. OfAttributes(method),
        .. OfAttributes(method.MethodReturnType),
        .. method.Parameters.SelectMany(parameter => OfAttributes(parameter).Append(parameter.ParameterType)),
        .. method.GenericParameters.SelectMany(OfConstraints),
        .. method.Overrides.SelectMany(OfCall),
    ]);

    public static IEnumerable<TypeReference> OfLocals(MethodBody body) =>
        Outermost(body.Variables.Select(variable => variable.VariableType));

    public static IEnumerable<TypeReference> OfCatch(ExceptionHandler handler) => Outermost([handler.CatchType]);

    public static IEnumerable<TypeReference> OfInstruction(Instruction instruction) => Outermost(instruction.Operand switch
    {
        TypeReference type => [type],
        MethodReference method => OfCall(method),
        FieldReference field => [field.DeclaringType, field.FieldType],
        CallSite site => OfSignature(site),
        _ => [],
    });

    private static IEnumerable<TypeReference?> OfCall(MethodReference method) =>
        [method.DeclaringType, .. OfSignature(method), .. method is GenericInstanceMethod generic ? generic.GenericArguments : []];

    private static IEnumerable<TypeReference> OfSignature(IMethodSignature signature) =>
        signature.Parameters.Select(parameter => parameter.ParameterType).Append(signature.ReturnType);

    private static IEnumerable<TypeReference?> OfConstraints(GenericParameter parameter) =>
        parameter.Constraints.SelectMany(constraint => OfAttributes(constraint).Append(constraint.ConstraintType))
            .Concat(OfAttributes(parameter));

    private static IEnumerable<TypeReference?> OfAttributes(Mono.Cecil.ICustomAttributeProvider declaration) =>
        from attribute in declaration.CustomAttributes
        let named = attribute.Properties.Concat(attribute.Fields).Select(given => given.Argument)
        from type in OfCall(attribute.Constructor).Concat(attribute.ConstructorArguments.Concat(named).SelectMany(OfArgument))
        select type;

    private static IEnumerable<TypeReference> OfArgument(CustomAttributeArgument argument) => (argument.Value switch
    {
        TypeReference type => [type],
        CustomAttributeArgument inner => OfArgument(inner),
        CustomAttributeArgument[] inner => inner.SelectMany(OfArgument),
        _ => [],
    }).Append(argument.Type);

    private static IEnumerable<TypeReference> Outermost(IEnumerable<TypeReference?> types) =>
        types.OfType<TypeReference>().SelectMany(Parts);

    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.Append(generic.ElementType).SelectMany(Parts),
        IModifierType modified => [.. Parts(modified.ModifierType), .. Parts(modified.ElementType)],
        FunctionPointerType pointer => OfSignature(pointer).SelectMany(Parts),
        TypeSpecification specification => Parts(specification.ElementType),
        { DeclaringType: { } outer } => Parts(outer),
        _ => [type],
    };
}
