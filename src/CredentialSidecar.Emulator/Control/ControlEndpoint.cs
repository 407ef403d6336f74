using System.Text.Json;
using CredentialSidecar.Emulator.Agent;
using CredentialSidecar.Emulator.Calls;
using CredentialSidecar.Emulator.Faults;

namespace CredentialSidecar.Emulator.Control;

/// <summary>The same controls a test has in process, over HTTP and on a listener of their own.</summary>
internal sealed class ControlEndpoint(EmulatorState state, TaskRole taskRole)
{
    private static readonly Answer Done = new(204, "", "");

    public async Task HandleAsync(HttpContext context)
    {
        var answer = (context.Request.Method, context.Request.Path.Value) switch
        {
            ("GET", "/calls") => Json(JsonSerializer.Serialize(
                new CallsDocument(state.Calls.Sts, state.Calls.Agent), ControlJson.Default.CallsDocument)),
            ("DELETE", "/calls") => Do(state.Calls.Clear),
            ("GET", "/faults") => Json(JsonSerializer.Serialize(state.Faults.InForce, ControlJson.Default.IReadOnlyListFault)),
            ("POST", "/faults") => await AddFaultAsync(context),
            ("DELETE", "/faults") => Do(state.Faults.Clear),
            ("POST", "/rotate") => Do(taskRole.Rotate),
            _ => new Answer(404, "text/plain", "GET /calls, DELETE /calls, GET /faults, POST /faults, DELETE /faults, POST /rotate\n"),
        };
        await answer.SendAsync(context);
    }

    private async Task<Answer> AddFaultAsync(HttpContext context)
    {
        try
        {
            var fault = await JsonSerializer.DeserializeAsync(
                context.Request.Body, ControlJson.Default.Fault, context.RequestAborted);
            state.Faults.Add(fault ?? throw new JsonException("a fault is an object"));
            return Done;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return new Answer(400, "text/plain", e.Message + "\n");
        }
    }

    private static Answer Do(Action action)
    {
        action();
        return Done;
    }

    private static Answer Json(string json) => new(200, "application/json", json);
}
