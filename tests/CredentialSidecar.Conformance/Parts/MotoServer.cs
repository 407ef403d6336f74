using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>moto's server: an STS, an IAM and an S3 that share no line of code with ours.</summary>
internal sealed class MotoServer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private MotoServer(ChildProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Skips the test where moto is not installed.</summary>
    /// <param name="settings">moto's variables.</param>
    public static async Task<MotoServer> StartAsync(params IEnumerable<(string Name, string? Value)> settings)
    {
        await Installed.MotoAsync();
        var port = FreePort.Find();
        var process = ChildProcess.Start("moto_server", ["-H", "127.0.0.1", "-p", $"{port}"], CleanEnvironment.With(settings));
        var moto = new MotoServer(process, new Uri($"http://127.0.0.1:{port}"));
        using var http = new HttpClient();

        try
        {
            await Eventually.HoldsAsync(
                async () => process.HasExited
                    ? throw new InvalidOperationException(string.Join('\n', process.Errors))
                    : await moto.AnswersAsync(http),
                () => $"moto does not answer at {moto.Address}");
            return moto;
        }
        catch
        {
            await moto.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, "moto-api/data.json"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
