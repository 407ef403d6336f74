using System.Text.RegularExpressions;
using CredentialSidecar.Chains;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Explaining;

/// <summary>Turns the facts of a failed call into an explanation, with the advice that the sidecar itself gives.</summary>
internal sealed partial class Explainer(ConfiguredHops hops)
{
    // Advice about another error than a denial does not name the role.
    private static readonly RoleArn Unnamed = RoleArn.Parse("arn:aws:iam::000000000000:role/ROLE");

    public Explanation Explain(Evidence evidence) =>
        (OfSidecar(evidence) ?? OfSdk(evidence) ?? OfOtherAction(evidence) ?? OfHop(evidence)) with
        {
            Said = OutsideText.Shown(evidence.Message, hops.Mask),
            Event = evidence.Request?.Event is { } seen ? OutsideText.Shown(seen, hops.Mask)?.TrimEnd('.') : null,
        };

    private static Explanation? OfSidecar(Evidence evidence) =>
        evidence.IsOfSidecar && SidecarAnswers.Of(evidence.Code) is var (what, toDo)
            ? new Explanation($"The sidecar rejected the program's request ({evidence.Code}): {what}.")
            {
                Side = "the sidecar's configuration, or the program's environment",
                ToDo = toDo,
            }
            : null;

    private static Explanation? OfSdk(Evidence evidence) => evidence.Code is null && SdkFaults.Of(evidence.Message) is { } fault
        ? new Explanation(fault.What) { Side = "the program's container", ToDo = fault.ToDo }
        : null;

    // The application's own call: either the session lacks a permission, or the program does not use the sidecar.
    private Explanation? OfOtherAction(Evidence evidence)
    {
        if (OtherActions().Match(evidence.Message) is not { Success: true } denied || Denial.IsOfHop(denied.Groups["action"].Value))
        {
            return null;
        }

        var (action, resource) = (denied.Groups["action"].Value, denied.Groups["resource"].Value);
        var destination = evidence.Caller is null ? null : hops.DestinationOf(evidence.Caller);
        var isForeign = destination is null && hops.IsKnown;
        var statement = $$"""{"Effect":"Allow","Action":["{{action}}"],"Resource":"{{(resource.Length > 0 ? resource : "*")}}"}""";
        return new Explanation($"The program called {action}, and {evidence.Caller ?? "its role"} may not.")
        {
            Caller = evidence.Caller,
            Policy = Words.Of(Denial.Read(evidence.Message).Kind),
            Side = isForeign ? "the program's container" : "the account of the caller",
            ToDo = isForeign
                ? $"{evidence.Caller ?? "The caller"} is not the role of a destination, so the program does not use the sidecar. "
                    + "Start it by credential-launch. credential-launch --print shows which variables SDKs prefer to the sidecar."
                : $"The sidecar works{(destination is null ? "" : $": this is the session of destination {destination}")}. "
                    + $"Add this statement to an identity-based policy of {evidence.Caller ?? "the role"}: {statement}",
        };
    }

    private Explanation OfHop(Evidence evidence)
    {
        var failure = StsFailures.Classify(evidence.Code, StatusCodes.Status400BadRequest);
        var denial = failure == CredentialFailure.Denied ? Denial.Read(evidence.Message) : null;
        var found = evidence.Role is null ? [] : hops.Find(evidence.Role, evidence.Caller, evidence.Region);
        var explanation = new Explanation(denial is null
            ? $"STS rejected the call ({OutsideName.Code(evidence.Code) ?? OutsideName.UnknownCode})."
            : $"STS denied {denial.Action} ({evidence.Code}).")
        {
            Caller = found is [{ Caller: { } known }, ..] ? known : evidence.Caller,
            Role = evidence.Role,
            Hop = Names(found, evidence),
            Policy = denial is null ? null : Words.Of(denial.Kind),
            ToDo = "This command knows no advice for this code. The text from STS says what STS rejects.",
        };

        if (Durations.Of(evidence) is var (side, toDo))
        {
            return explanation with { Side = side, ToDo = toDo };
        }

        if (denial is not null && !RoleArn.TryParse(evidence.Role, out _, out _))
        {
            return explanation with { ToDo = "The text does not name the role to assume. Give the whole text of the exception." };
        }

        var role = RoleArn.TryParse(evidence.Role, out var named, out _) ? named : Unnamed;
        var (label, hop) = found is [var first, ..] ? (first.Label, first.Hop)
            : (new NodeLabel("", 1), hops.Unconfigured(role, evidence.Region));
        var attempt = Attempt(hop, label, explanation.Caller, evidence);
        var advice = HopAdvice.For(failure, evidence.Code, attempt, hops.Mask.Apply(evidence.Message));
        return explanation with
        {
            Side = denial is null ? null : Words.Side(denial.Kind, hop, explanation.Caller),
            ToDo = Compared(evidence, found) + (advice ?? explanation.ToDo),
        };
    }

    private StsAttempt Attempt(Hop hop, NodeLabel label, string? caller, Evidence evidence)
    {
        var signer = new TemporaryCredentials("", "", "", caller, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        return new StsAttempt(hop, label, signer, new Sending(), SignatureTimes.Difference(evidence.Message), hops.Mask);
    }

    private string Compared(Evidence evidence, IReadOnlyList<ConfiguredHop> found)
    {
        if (evidence.Request is not { } request)
        {
            return "";
        }

        var endpoint = request.VpcEndpoint is null ? ""
            : $"The call came through the VPC endpoint {OutsideText.Shown(request.VpcEndpoint, hops.Mask)} ";
        return found is not [var one, ..] ? endpoint : endpoint + (request.ExternalId, one.Hop.ExternalId) switch
        {
            (null, null) => "",
            (null, not null) => "The call had no ExternalId, and the configuration has one, so another program made this call. ",
            (not null, null) => "The call had an ExternalId, and the configuration has none, so another program made this call. ",
            var (sent, configured) when sent == configured => "The call had the configured ExternalId. ",
            _ => "The call had another ExternalId than the configuration. ",
        };
    }

    private string Names(IReadOnlyList<ConfiguredHop> found, Evidence evidence) =>
        found.Count > 0 ? string.Join(", ", found.Select(one => $"{one.Label} of destination {one.Label.Destination}"))
        : !hops.IsKnown ? "unknown: no configuration was given (--config FILE)"
        : evidence.Role is null ? "unknown: the text does not name the role"
        : "none: the configuration does not assume this role from this caller";

    [GeneratedRegex(@"not authorized to perform: (?<action>[a-z0-9-]{2,40}:[A-Za-z0-9]{2,80})"
        + @"(?: on resource: [""']?(?<resource>arn:[^\s""']{1,400}))?")]
    private static partial Regex OtherActions();
}
