namespace CredentialSidecar.Testing;

/// <summary>A destination <c>task</c> without hops, and a client <c>app</c> that lists it.</summary>
internal static class SourceDestination
{
    public const string App = "app-4Qd7Tn2Xk9Rb5Wm8Hc3Zf6Lp1Vj0Gs";
    public const string Role = "arn:aws:iam::111122223333:role/task";

    public static IEnumerable<(string Name, string? Value)> Alone { get; } = [("SIDECAR_Destinations__task__Hops", "[]")];

    public static IEnumerable<(string Name, string? Value)> Listed { get; } =
        [.. Alone, ("SIDECAR_Access__Clients__app__Token", App), ("SIDECAR_Access__Clients__app__Destinations__0", "task")];
}
