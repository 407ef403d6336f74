using System.Text.RegularExpressions;

namespace CredentialSidecar.Explaining;

/// <summary>Finds the error of an AWS service in the exception text of an SDK: the code, and the service or operation.</summary>
internal static partial class ServiceErrors
{
    private static readonly string[] StsNames =
        ["STS", "AWSSecurityTokenService", "SecurityToken", "AssumeRole", "GetCallerIdentity", "sts.amazonaws.com"];

    private static readonly Regex[] Forms = [Boto(), Go(), JavaTwo(), JavaOne(), Ruby(), Php(), DotNet(), Xml()];

    public static bool IsSts(string? operation) => operation is not null && StsNames.Contains(operation, StringComparer.OrdinalIgnoreCase);

    /// <returns>Every error in the text, those of STS first.</returns>
    public static IEnumerable<(int At, string? Code, string? Operation)> Find(string text) =>
        from form in Forms
        from Match match in form.Matches(text)
        let operation = Value(match, "operation") ?? Value(match, "service")
        let isSts = IsSts(operation) || IsSts(Value(match, "service")) || match.Value.Contains("https://sts.", StringComparison.Ordinal)
        orderby isSts descending, match.Index
        select (match.Index, Value(match, "code"), isSts && !IsSts(operation) && !IsOtherAction(operation) ? "STS" : operation);

    private static bool IsOtherAction(string? operation) => operation?.StartsWith("AssumeRoleWith", StringComparison.Ordinal) == true;

    private static string? Value(Match match, string group) => match.Groups[group] is { Success: true } found ? found.Value : null;

    [GeneratedRegex(@"An error occurred \((?<code>[\w.]{3,60})\) when calling the (?<operation>\w{3,60}) operation")]
    private static partial Regex Boto();

    [GeneratedRegex(@"operation error (?<service>[\w ]{2,40}): (?<operation>\w{3,60}), .{0,200}?api error (?<code>[\w.]{3,60}):")]
    private static partial Regex Go();

    [GeneratedRegex(@"\(Service: (?<service>\w{2,40}), Status Code: \d{3}")]
    private static partial Regex JavaTwo();

    [GeneratedRegex(@"\(Service: (?<service>\w{2,40}); Status Code: \d{3}; Error Code: (?<code>[\w.]{3,60})")]
    private static partial Regex JavaOne();

    [GeneratedRegex(@"Aws::(?<service>\w{2,40})::Errors::(?<code>\w{3,60})")]
    private static partial Regex Ruby();

    [GeneratedRegex(@"Error executing ""(?<operation>\w{3,60})"" on ""https?://.{0,600}?(?<code>[A-Z]\w{3,60}) \((?:client|server)\):")]
    private static partial Regex Php();

    [GeneratedRegex(@"Amazon\.(?<service>\w{2,40})\.\w{0,60}Exception")]
    private static partial Regex DotNet();

    [GeneratedRegex(@"<Error(?:Response)?\b.{0,200}?<Code>(?<code>\w{3,60})</Code>")]
    private static partial Regex Xml();
}
