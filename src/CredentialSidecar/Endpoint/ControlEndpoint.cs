using System.Globalization;
using System.Text;

namespace CredentialSidecar.Endpoint;

/// <summary>Runs the commands that arrive on the control socket.</summary>
internal sealed class ControlEndpoint(IEnumerable<ControlCommand> commands) : IEndpoint
{
    /// <summary>The header with the exit code. Only answers of commands have it.</summary>
    public const string ExitCodeHeader = "Credential-Sidecar-Exit-Code";

    /// <summary>The largest answer, in bytes.</summary>
    public const int Largest = 4 * 1024 * 1024;

    private readonly Dictionary<string, ControlCommand> _commands =
        commands.ToDictionary(command => $"/{command.Name}", StringComparer.Ordinal);

    public async Task AnswerAsync(HttpContext http, Route route)
    {
        if (!_commands.TryGetValue(http.Request.Path.Value ?? "", out var command))
        {
            var known = string.Join(", ", _commands.Values.Select(one => one.Name).Order(StringComparer.Ordinal));
            await SendAsync(http, 404, $"This sidecar does not have that command. Commands: {known}.");
            return;
        }

        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.Headers.Allow = "POST";
            await SendAsync(http, 405, "Only POST is supported here.");
            return;
        }

        var reply = await command.RunAsync(http.Request.Query["argument"] is [{ } argument] ? argument : null, http.RequestAborted);
        http.Response.Headers[ExitCodeHeader] = reply.ExitCode.ToString(CultureInfo.InvariantCulture);
        await SendAsync(http, 200, reply.Text);
    }

    public Task RefuseAsync(HttpContext http, Route route, ContractError error) => SendAsync(http, error.Status, error.Message);

    private static Task SendAsync(HttpContext http, int status, string text)
    {
        var body = Encoding.UTF8.GetBytes(text.TrimEnd('\n') + "\n");
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
