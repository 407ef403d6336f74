using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>A client that goes on calling, and what a sidecar answers it: with seconds left, so that it asks again and again.</summary>
internal sealed partial class LongCalls : IAsyncDisposable
{
    // Some SDKs of the ring remember a session until 15 or 10 seconds before its end.
    private static readonly TimeSpan Left = TimeSpan.FromSeconds(12);

    private readonly Uri _sidecar;
    private readonly HttpClient _http;
    private readonly RawServer _front;
    private readonly HashSet<string> _keys = [];
    private readonly List<(string Token, int Status)> _answers = [];
    private ChildProcess? _process;

    public LongCalls(Uri sidecar, HttpClient http)
    {
        (_sidecar, _http) = (sidecar, http);
        _front = Fronts.OfHeads(AnswerAsync);
    }

    public Uri Address => _front.Uri;

    /// <summary>How many calls it made as the assumed role.</summary>
    public int Good => Lines().Count(IsGood);

    public bool HasEnded => _process!.HasExited;

    public void Start(string[] words, IReadOnlyDictionary<string, string?> environment) =>
        _process = ChildProcess.Start(words[0], words[1..], environment);

    /// <summary>The answers that it has been given.</summary>
    public int Asked(int status, string? token = null)
    {
        lock (_answers)
        {
            return _answers.Count(answer => answer.Status == status && (token ?? answer.Token) == answer.Token);
        }
    }

    public override string ToString()
    {
        lock (_answers)
        {
            return $"{string.Join(' ', _answers.Select(answer => answer.Status))}\n{string.Join('\n', _process!.Output.TakeLast(3))}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_process?.DisposeAsync() ?? default);
        await _front.DisposeAsync();
    }

    private async Task<FrontAnswer> AnswerAsync(string head)
    {
        var token = Authorization().Match(head).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_sidecar, "v1/credentials"));
        request.Headers.ConnectionClose = true;
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var answer = await _http.SendAsync(request);
        var seen = new FrontAnswer((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);

        lock (_answers)
        {
            _answers.Add((token, seen.Status));

            if (seen.Status == 200)
            {
                _keys.Add((string)seen.Body["AccessKeyId"]!);
            }
        }

        return seen.Status == 200 ? seen.Ending(DateTime.UtcNow + Left) : seen;
    }

    private IEnumerable<JsonNode> Lines() =>
        from line in _process?.Output ?? [] where line.StartsWith('{') && line.EndsWith('}') select JsonNode.Parse(line);

    private bool IsGood(JsonNode line)
    {
        lock (_answers)
        {
            return ((string?)line["arn"])?.Contains(":assumed-role/reports/", StringComparison.Ordinal)
                ?? ((string?)line["accessKeyId"] is { } key && _keys.Contains(key));
        }
    }

    [GeneratedRegex("^Authorization: (.*)\r$", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Authorization();
}
