using CredentialSidecar.Chains;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Explaining;

/// <summary>Turns the facts of a failed call into an explanation, with the advice that the sidecar itself gives.</summary>
internal sealed class Explainer(ConfiguredHops hops)
{
    // Advice about another error than a denial does not name the role.
    private static readonly RoleArn Unnamed = RoleArn.Parse("arn:aws:iam::000000000000:role/ROLE");

    public Explanation Explain(Evidence evidence)
    {
        // The message itself is never printed: only codes, actions and ARNs that are read from it.
        evidence = evidence with { Role = hops.Hide(evidence.Role), Caller = hops.Hide(evidence.Caller) };
        var explanation = evidence.Kind switch
        {
            EvidenceKind.SidecarAnswer => OfSidecar(evidence),
            EvidenceKind.Unreachable => Unreached(evidence),
            EvidenceKind.OtherDenial => new ProgramCalls(hops).Denied(evidence),
            EvidenceKind.OtherService => ProgramCalls.Failed(evidence),
            EvidenceKind.Sdk => OfSdk(evidence),
            _ => OfHop(evidence),
        };
        return explanation with { Event = evidence.Request?.Event is { } seen ? OutsideText.Shown(seen, hops.Mask)?.TrimEnd('.') : null };
    }

    private Explanation OfSidecar(Evidence evidence)
    {
        var (what, toDo) = SidecarAnswers.Of(evidence.Code)
            ?? ("the message has the cause", "Look at the sidecar's log, event 301 or 302, which has the advice.");
        return new Explanation($"The sidecar rejected the program's request ({evidence.Code}): {what}.")
        {
            Role = hops.Hide(EvidenceReader.RoleIn(evidence.Message)),
            Side = "the sidecar's configuration, or the program's environment",
            ToDo = toDo,
        };
    }

    private static Explanation Unreached(Evidence evidence) => new("The sidecar did not reach STS, or another server answered.")
    {
        Role = evidence.Role,
        Side = "the network of the task",
        ToDo = "The log has the cause in the same line, and the advice. Check the route, the NAT gateway or VPC endpoint, the security "
            + "group and the DNS of the task, and HTTPS_PROXY. credential-sidecar doctor tests the connection.",
    };

    private static Explanation OfSdk(Evidence evidence)
    {
        var fault = SdkFaults.Of(evidence.Message)!;
        return new Explanation(fault.What) { Side = "the program's container", ToDo = fault.ToDo };
    }

    private Explanation OfHop(Evidence evidence)
    {
        var failure = evidence.Kind == EvidenceKind.HopDenial ? CredentialFailure.Denied
            : StsFailures.Classify(evidence.Code, StatusCodes.Status400BadRequest);
        var denial = failure == CredentialFailure.Denied ? Denial.Read(evidence.Message) : null;
        var found = evidence.Role is null ? [] : hops.Find(evidence.Role, evidence.Caller, evidence.Region);
        var explanation = new Explanation(denial is null
            ? $"STS rejected the call ({OutsideName.Code(evidence.Code) ?? OutsideName.UnknownCode})."
            : $"STS denied {denial.Action} ({OutsideName.Code(evidence.Code) ?? "AccessDenied"}).")
        {
            Caller = found is [{ Caller: { } known }, ..] ? known : evidence.Caller,
            Role = evidence.Role,
            Hop = hops.Names(found, evidence),
            Policy = denial is null ? null : Words.Of(denial.Kind),
            ToDo = "This command knows no advice for this code. The text from STS says what STS rejects.",
        };

        if (Known(evidence, denial) is var (side, toDo))
        {
            return explanation with { Side = side, ToDo = toDo };
        }

        var role = RoleArn.TryParse(evidence.Role, out var named, out _) ? named : Unnamed;
        var (label, hop) = found is [var first, ..] ? (first.Label, first.Hop)
            : (new NodeLabel("", 1), hops.Unconfigured(role, evidence.Region));

        // Without its path, the caller is only what STS says.
        var caller = found is [{ Caller: { } before }, ..] ? before : evidence.HasCallersPath ? evidence.Caller : null;
        var advice = HopAdvice.For(failure, evidence.Code, Attempt(hop, label, caller, evidence), evidence.Message, found.Count > 0);
        return explanation with
        {
            Side = denial is null ? null : Words.Side(denial.Kind, hop, explanation.Caller),
            ToDo = Compared(evidence, found) + Words.OfSso(explanation.Caller) + (advice ?? explanation.ToDo),
        };
    }

    /// <summary>Cases in which the sidecar's own advice would not fit.</summary>
    private static (string Side, string ToDo)? Known(Evidence evidence, Denial? denial) =>
        Durations.Of(evidence) is { } known ? known
        : denial is not null && !RoleArn.TryParse(evidence.Role, out _, out _)
            ? ("unknown", "The text does not name the role to assume. Give the whole text of the exception.")
        : denial is not null && Denial.IsSame(evidence.Caller, evidence.Role)
            ? ("the program", $"The program already acts as {evidence.Role}, for example through the sidecar, and assumes the role "
                + "once more. Remove the program's own AssumeRole call. If a hop of the sidecar does this, remove that hop.")
        : evidence.Code == "SignatureDoesNotMatch" && SignatureTimes.Difference(evidence.Message) == TimeSpan.Zero
            ? ("the program that called STS", "Check that the clock is correct, that the secret key belongs to the access key, that the "
                + "region of the endpoint and of the signature are the same, and that no proxy changes the request.")
        : null;

    private StsAttempt Attempt(Hop hop, NodeLabel label, string? caller, Evidence evidence)
    {
        var signer = new TemporaryCredentials("", "", "", caller, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        return new StsAttempt(hop, label, signer, new Sending(), SignatureTimes.Difference(evidence.Message), hops.Mask);
    }

    private string Compared(Evidence evidence, IReadOnlyList<ConfiguredHop> found)
    {
        var endpoint = evidence.Request?.VpcEndpoint is { } id
            ? $"The call came through the VPC endpoint {OutsideText.Shown(id, hops.Mask)} " : "";
        return found is not [var one, ..] || evidence.Request is not { IsKnown: true } request ? endpoint
            : endpoint + (request.ExternalId, one.Hop.ExternalId) switch
            {
                (null, null) => "",
                (null, not null) => "The call had no ExternalId, and the configuration has one, so another program made this call. ",
                (not null, null) => "The call had an ExternalId, and the configuration has none, so another program made this call. ",
                var (sent, configured) when sent == configured => "The call had the configured ExternalId. ",
                _ => "The call had another ExternalId than the configuration. ",
            };
    }
}
