namespace Quickstart;

/// <summary>Runs one program twice. The credentials endpoint decides in which account the program acts.</summary>
internal static class Demonstration
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(bool keep, CancellationToken stopping)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limited.CancelAfter(Limit);

        await using var emulator = await EndedInTimeAsync(Emulator.StartAsync(limited.Token), stopping);
        await using var sidecar = await EndedInTimeAsync(Sidecar.StartAsync(emulator, limited.Token), stopping);
        await EndedInTimeAsync(ShowAsync(emulator, sidecar, limited.Token), stopping);

        if (keep)
        {
            Report.Keep(emulator, sidecar);
            await Task.Delay(Timeout.InfiniteTimeSpan, stopping).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static async Task<bool> ShowAsync(Emulator emulator, Sidecar sidecar, CancellationToken cancellationToken)
    {
        // In a task this address is 169.254.170.2 and RELATIVE_URI names the rest; here only FULL_URI can name it.
        Report.Identity("Before: the SDK asks the ECS agent.", await AskAsync(emulator, new Dictionary<string, string>
        {
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = emulator.Agent + emulator.RelativeUri,
        }, cancellationToken));

        Report.Identity("After: the same program asks the sidecar.", await AskAsync(emulator, new Dictionary<string, string>
        {
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = sidecar.CredentialsUri,
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = sidecar.Token,
        }, cancellationToken));

        Report.Credentials(await sidecar.ReadCredentialsAsync(cancellationToken));
        Report.Renewal(await sidecar.ReadStatusAsync(cancellationToken));
        return true;
    }

    private static async Task<string[]> AskAsync(
        Emulator emulator, Dictionary<string, string> credentials, CancellationToken cancellationToken)
    {
        await using var client = Child.Start("The client", [.. Programs.Itself, "client"], new Dictionary<string, string>(credentials)
        {
            ["AWS_REGION"] = Emulator.Region,
            ["AWS_ENDPOINT_URL_STS"] = emulator.Sts,

            // A laptop's own profile would come before container credentials.
            ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
            ["AWS_CONFIG_FILE"] = "/dev/null",
        });
        return await client.WaitForEndAsync(cancellationToken);
    }

    private static async Task<T> EndedInTimeAsync<T>(Task<T> step, CancellationToken stopping)
    {
        try
        {
            return await step;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new QuickstartException($"It was not over within {Limit.TotalSeconds:0} s; is the machine very busy?");
        }
    }
}
