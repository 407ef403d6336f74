using System.Net;
using System.Text;
using System.Text.Json;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>Reads the task role from the container credentials endpoint of the platform.</summary>
/// <remarks>
/// The path of this endpoint contains a secret id, so messages name only its host.
/// </remarks>
internal sealed class TaskRoleSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // The agent allows 40 requests a second, so a 429 passes quickly.
    private static readonly TimeSpan Throttled = TimeSpan.FromSeconds(1);

    private readonly SourceSettings _settings;
    private readonly EndpointReader _reader;
    private readonly TimeProvider _clock;
    private readonly string _endpoint;
    private readonly Resilience _resilience;

    public TaskRoleSource(SourceSettings settings, EndpointReader reader, TimeProvider clock)
    {
        (_settings, _reader, _clock) = (settings, reader, clock);
        _endpoint = settings.Endpoint!.GetLeftPart(UriPartial.Authority);
        _resilience = new Resilience(clock, Limit, Unanswered);
    }

    public Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken) => _resilience.RunAsync(
        async token =>
        {
            var now = _clock.GetUtcNow();
            var (status, body) = await _reader.GetAsync(_settings.Endpoint!, ReadToken(), token);
            return status == HttpStatusCode.OK ? TaskRoleDocument.Read(body, _endpoint, now) : throw Refused(status, body);
        },
        cancellationToken);

    // Read for each request, because EKS replaces the file every few hours.
    private string? ReadToken()
    {
        if (_settings.TokenFile is null)
        {
            return _settings.Token;
        }

        return SmallFile.TryRead(_settings.TokenFile, SourceSettings.LargestToken, out var bytes, out var problem)
            ? Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n')
            : throw new CredentialException(CredentialFailure.SourceUnavailable,
                $"The task role could not be read: AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is '{_settings.TokenFile}', which {problem}.");
    }

    private CredentialException Unanswered(Exception e)
    {
        var unreachable = Unreachable.From(e);

        return new CredentialException(CredentialFailure.SourceUnavailable,
            $"The task role could not be read: {_endpoint}: {unreachable.Why}.", e)
        {
            MayPassAtOnce = true,
            Advice = unreachable.Advice
                ?? "In ECS, the task needs a taskRoleArn and a route to the agent. In EKS, the Pod Identity Agent must run on this node. "
                    + "Elsewhere, set SIDECAR_SOURCE_ENDPOINT, or SIDECAR_Source__Kind=Default.",
        };
    }

    private CredentialException Refused(HttpStatusCode status, byte[] body)
    {
        // The agent's rate limit (429) and its start (503) both need time, so do not retry at once.
        var wait = status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
        var failure = wait || (int)status >= 500 ? CredentialFailure.SourceUnavailable : CredentialFailure.SourceRefused;

        return new CredentialException(failure, $"The task role could not be read: {_endpoint} answered {(int)status}{Explained(body)}.")
        {
            MayPassAtOnce = failure == CredentialFailure.SourceUnavailable && !wait,
            IsStarting = status == HttpStatusCode.ServiceUnavailable && Explained(body) == " CredentialsUninitialized",
            RetryIn = status == HttpStatusCode.TooManyRequests ? Throttled : null,
            Advice = failure == CredentialFailure.SourceRefused
                ? "The path comes from AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI of this container; "
                    + "check that the task definition still has a taskRoleArn and that nothing overwrites the variable."
                : null,
        };
    }

    private static string Explained(byte[] body)
    {
        try
        {
            var error = JsonSerializer.Deserialize(body, SourcesJson.Default.AgentErrorDocument);
            return OutsideName.Code(error?.Code) is { } code ? $" {code}" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
