using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using Xunit;

namespace CredentialSidecar.Tests.Access;

public sealed class TokenGuardTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("a-token", true)]
    public void R11_A_missing_token_alone_never_means_everyone(string? token, bool allowAnonymous) =>
        Assert.Throws<ArgumentException>(() => new TokenGuard(token, allowAnonymous));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a-toke")]
    [InlineData("a-token ")]
    [InlineData("A-token")]
    [InlineData("Bearer a-token")]
    public void R11_Anything_but_the_token_is_refused(string? sent) =>
        Assert.Equal(CredentialFailure.Unauthorized, Assert.Throws<CredentialException>(() => new TokenGuard("a-token", false).Check(sent)).Failure);

    [Fact]
    public void R11_The_token_is_accepted_and_so_is_anything_where_the_operator_said_so()
    {
        new TokenGuard("a-token", false).Check("a-token");
        new TokenGuard(null, true).Check(null);
        new TokenGuard(null, true).Check("whatever");
    }
}
