using CredentialSidecar.Access;
using CredentialSidecar.Passthrough;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>One client's slow requests to the agent keep no other client's waiting.</summary>
public sealed class ConcurrentRequestsTests
{
    [Fact]
    public void One_client_has_32_requests_under_way_and_no_more_and_another_has_its_own()
    {
        var underWay = new UnderWay();

        for (var i = 0; i < 32; i++)
        {
            underWay.Begin("uid 1000");
        }

        Assert.Equal(RejectionReason.AskedTooOften, Assert.Throws<RejectedException>(() => underWay.Begin("uid 1000")).Reason);
        Assert.Throws<RejectedException>(() => underWay.Begin("uid 1000"));
        underWay.Begin("uid 1001");

        underWay.End("uid 1000");
        underWay.Begin("uid 1000");
    }
}
