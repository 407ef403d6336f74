namespace CredentialSidecar.Emulator.Sts;

/// <summary>The Authorization header of Signature Version 4, taken apart.</summary>
internal sealed record AuthorizationHeader(
    string AccessKeyId,
    string Date,
    string Region,
    string Service,
    string Terminator,
    IReadOnlyList<string> SignedHeaders,
    string Signature)
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    private static readonly string[] Required = ["Credential", "Signature", "SignedHeaders"];

    public string Scope => $"{Date}/{Region}/{Service}/{Terminator}";

    public static AuthorizationHeader Parse(string header)
    {
        if (header.Length == 0)
        {
            throw new StsException(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
        }

        if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
        {
            throw Incomplete($"Authorization header requires the algorithm '{Algorithm}'.");
        }

        var parts = header[(Algorithm.Length + 1)..]
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2))
            .ToLookup(part => part[0], part => part.Length > 1 ? part[1] : "");

        var missing = string.Join(' ', Required
            .Where(name => string.IsNullOrEmpty(parts[name].FirstOrDefault()))
            .Select(name => $"Authorization header requires '{name}' parameter."));
        if (missing.Length > 0)
        {
            throw Incomplete(missing);
        }

        return parts["Credential"].First().Split('/') is [var accessKeyId, var date, var region, var service, var terminator]
            ? new(accessKeyId, date, region, service, terminator, parts["SignedHeaders"].First().Split(';'), parts["Signature"].First())
            : throw Incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.");
    }

    private static StsException Incomplete(string message) => new(400, "IncompleteSignature", message);
}
