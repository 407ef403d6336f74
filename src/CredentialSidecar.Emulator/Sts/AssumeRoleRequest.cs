using System.Globalization;
using System.Text.RegularExpressions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>The parameters of AssumeRole, each within its limits.</summary>
internal sealed partial record AssumeRoleRequest(string RoleArn, string SessionName)
{
    public int DurationSeconds { get; private init; } = 3600;

    public string? ExternalId { get; private init; }

    public string? SourceIdentity { get; private init; }

    public string? Policy { get; private init; }

    public IReadOnlyList<SessionTag> Tags { get; private init; } = [];

    public static AssumeRoleRequest Read(StsRequest request)
    {
        var duration = ReadDuration(request["DurationSeconds"]);
        var tags = TagParameters.Read(request);

        var constraints = new Constraints();
        constraints.Required("roleArn", request["RoleArn"]);
        constraints.Length("roleArn", request["RoleArn"], 20, 2048);
        constraints.Required("roleSessionName", request["RoleSessionName"]);
        constraints.Length("roleSessionName", request["RoleSessionName"], 2, 64);
        constraints.Pattern("roleSessionName", request["RoleSessionName"], @"[\w+=,.@-]*", Name());
        constraints.Length("externalId", request["ExternalId"], 2, 1224);
        constraints.Pattern("externalId", request["ExternalId"], @"[\w+=,.@:\/-]*", ExternalIdShape());
        constraints.Length("sourceIdentity", request["SourceIdentity"], 2, 64);
        constraints.Pattern("sourceIdentity", request["SourceIdentity"], @"[\w+=,.@-]*", Name());
        constraints.Range("durationSeconds", duration, 900, 43200);
        constraints.Length("policy", request["Policy"], 1, 2048);
        TagParameters.Check(tags, constraints);
        constraints.ThrowIfAny();

        return new AssumeRoleRequest(request["RoleArn"]!, request["RoleSessionName"]!)
        {
            DurationSeconds = duration ?? 3600,
            ExternalId = request["ExternalId"],
            SourceIdentity = request["SourceIdentity"],
            Policy = request["Policy"],
            Tags = tags,
        };
    }

    private static int? ReadDuration(string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) ? seconds
        : throw new StsException(400, "MalformedInput", $"DurationSeconds is not an integer: '{text}'");

    // ASCII on purpose: \w means more in .NET than it does to STS.
    [GeneratedRegex(@"\A[A-Za-z0-9_+=,.@-]*\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[A-Za-z0-9_+=,.@:/-]*\z")]
    private static partial Regex ExternalIdShape();
}
