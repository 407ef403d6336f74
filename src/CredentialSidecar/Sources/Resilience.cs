using CredentialSidecar.Chains;
using Polly;
using Polly.Retry;

namespace CredentialSidecar.Sources;

/// <summary>A time limit for each try, two quick retries, and the one boundary where exceptions become <see cref="CredentialException"/>.</summary>
/// <remarks>Pacing over minutes belongs to the refresher; the retries here only ride out a hiccup.</remarks>
/// <param name="limit">For one try, from connecting to the last byte.</param>
/// <param name="translate">Turns whatever the call threw into the domain's terms.</param>
internal sealed class Resilience(TimeProvider clock, TimeSpan limit, Func<Exception, CredentialException> translate)
{
    private readonly ResiliencePipeline _retries = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = new PredicateBuilder().Handle<CredentialException>(e => e.MayPassAtOnce),
        })
        .Build();

    private readonly ResiliencePipeline _tries = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddTimeout(limit)
        .Build();

    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        await _retries.ExecuteAsync(token => TryAsync(call, token), cancellationToken);

    private async ValueTask<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await _tries.ExecuteAsync(async token => await call(token), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (CredentialException)
        {
            throw;
        }

        // Everything: the SDK throws XmlException for an empty answer and TypeInitializationException for a broken AWS config file.
        catch (Exception e)
        {
            throw translate(e);
        }
    }
}
