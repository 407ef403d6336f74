using System.Text.RegularExpressions;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Endpoint;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

public sealed partial class ContractErrorTests
{
    [Fact]
    public void R9_R10_No_failure_maps_to_a_status_or_code_that_SDKs_misread()
    {
        // 413 answers a PUT of task protection alone, which no credentials provider sends.
        var failures = Enum.GetValues<CredentialFailure>().Select(failure => ContractError.Of(new CredentialException(failure, "x")));
        var rejections = Enum.GetValues<RejectionReason>().Select(reason => ContractError.Of(new RejectedException(reason, "x")));

        foreach (var error in failures.Concat(rejections))
        {
            Assert.Contains(error.Status, new[] { 400, 401, 403, 404, 405, 413, 500, 503 });
            Assert.DoesNotMatch(TakenForThrottlingOrExpiry(), error.Code);
        }
    }

    [Fact]
    public void R8_A_message_is_escaped_where_it_must_be_and_still_first_within_100_bytes()
    {
        var error = ContractError.Of(new CredentialException(CredentialFailure.Denied, "Cannot assume \"x\"\n<&+>"));
        var text = System.Text.Encoding.UTF8.GetString(error.Body.Span);

        Assert.StartsWith("""{"code":"AccessDenied","message":"Cannot assume \"x\"\n<&+>",""", text, StringComparison.Ordinal);
    }

    [GeneratedRegex(
        "^(Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded|SlowDown|RequestTimeout|ExpiredToken|RequestExpired)",
        RegexOptions.IgnoreCase)]
    private static partial Regex TakenForThrottlingOrExpiry();
}
