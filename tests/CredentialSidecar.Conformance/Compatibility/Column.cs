namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>One question that is put to every client, and the heading of its answers.</summary>
internal sealed record Column(string Section, string Heading)
{
    public const string NotAsked = "-";

    private const string Reaching = "Getting credentials";
    private const string Ways = "Ways to the sidecar";
    private const string Asking = "Asking again";
    private const string Failing = "When it says no";

    public static readonly Column Version = new(Reaching, "version");
    public static readonly Column TokenVariable = new(Reaching, "token in the variable");
    public static readonly Column TokenFile = new(Reaching, "token in a file") { AboutFullUri = true };
    public static readonly Column StaleVariable = new(Reaching, "stale variable, good file") { AboutFullUri = true };
    public static readonly Column RelativeToo = new(Reaching, "`RELATIVE_URI` also set");
    public static readonly Column Launcher = new(Reaching, "the same, by the launcher");
    public static readonly Column Interception = new(Reaching, "by interception");
    public static readonly Column CredentialSource = new(Reaching, "`credential_source`") { AboutFullUri = true };
    public static readonly Column Proxy = new(Reaching, "`HTTP_PROXY`") { AboutFullUri = true };

    public static readonly Column UidAlone = new(Ways, "uid, without a token");
    public static readonly Column Six = new(Ways, "IPv6");
    public static readonly Column Forwarded = new(Ways, "by `--forward`");

    public static readonly Column TwentyCalls = new(Asking, "GETs for its calls");
    public static readonly Column TwelveMinutes = new(Asking, "with 12 minutes left");
    public static readonly Column Renewal = new(Asking, "across an expiry");
    public static readonly Column Rotation = new(Asking, "token rotation and restart");
    public static readonly Column Once503 = new(Asking, "one 503, then 200");

    public static readonly Column Says401 = new(Failing, "401");
    public static readonly Column Says403 = new(Failing, "403");
    public static readonly Column Says503 = new(Failing, "503");

    /// <summary>The question makes no sense to a client that does not read FULL_URI.</summary>
    public bool AboutFullUri { get; init; } = Section != Reaching;

    public bool IsAskedOf(Client client) =>
        !(AboutFullUri && client.RelativeOnly)
        && !(this == CredentialSource && client.HasNoSts)
        && !(this == Rotation && client.IsProcessPerCall);

    public TheoryData<string> Clients => [.. from client in Catalogue.All where IsAskedOf(client) select client.Id];

    public static IReadOnlyList<Column> All { get; } =
    [
        Version, TokenVariable, TokenFile, StaleVariable, RelativeToo, Launcher, Interception, CredentialSource, Proxy,
        UidAlone, Six, Forwarded,
        TwentyCalls, TwelveMinutes, Renewal, Rotation, Once503,
        Says401, Says403, Says503,
    ];
}
