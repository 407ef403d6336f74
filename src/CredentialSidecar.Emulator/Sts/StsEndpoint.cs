using System.Globalization;
using CredentialSidecar.Emulator.Calls;
using CredentialSidecar.Emulator.Faults;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>STS over HTTP: the query protocol of 2011-06-15, at <c>/</c>.</summary>
internal sealed class StsEndpoint(EmulatorState state, CancellationToken stopping)
{
    private readonly StsActions _actions = new(state);

    public async Task HandleAsync(HttpContext context)
    {
        state.Calls.Arrived();
        var request = await StsRequest.ReadAsync(context);
        var fault = state.Faults.Take(FaultTarget.Sts, request["RoleArn"]);
        var requestId = Guid.NewGuid().ToString();
        var call = Describe(request) with { Fault = fault?.Kind.ToString() };

        try
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await fault.DelayAsync(state.Clock, leaving.Token);
        }
        catch (OperationCanceledException)
        {
            state.Calls.Add(call with { Outcome = "Abandoned" });
            return;
        }

        if (fault?.Kind == FaultKind.Reset)
        {
            state.Calls.Add(call with { Outcome = "Reset" });

            // Kestrel sends a TCP reset here, not an orderly end.
            context.Abort();
            return;
        }

        var (answer, told) = _actions.Answer(request, call, requestId, fault);
        state.Calls.Add(told);
        context.Response.Headers["x-amzn-RequestId"] = requestId;

        // From this clock and not Kestrel's: clients measure their clock skew by it.
        context.Response.Headers.Date = state.Clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        await fault.Spoil(answer).SendAsync(context);
    }

    private StsCall Describe(StsRequest request) => new(state.Clock.GetUtcNow(), request["Action"] ?? "", "")
    {
        RoleArn = request["RoleArn"],
        SessionName = request["RoleSessionName"],
        ExternalId = request["ExternalId"],
        DurationSeconds = int.TryParse(request["DurationSeconds"], CultureInfo.InvariantCulture, out var seconds) ? seconds : null,
        SourceIdentity = request["SourceIdentity"],
        Policy = request["Policy"],
    };
}
