using CredentialSidecar.Chains;
using Polly;
using Polly.Retry;

namespace CredentialSidecar.Sources;

/// <summary>
/// Applies a time limit per try and two quick retries. Only this class turns exceptions into a <see cref="CredentialException"/>.
/// </summary>
/// <remarks>The refresher handles retries over minutes; the retries here only cover short failures.</remarks>
/// <param name="limit">The limit for one try, from connecting to the last byte.</param>
/// <param name="translate">Turns any exception of the call into a CredentialException.</param>
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

        // All exceptions: the SDK throws XmlException for an empty answer, TypeInitializationException for a broken AWS config file.
        catch (Exception e)
        {
            throw translate(e);
        }
    }
}
