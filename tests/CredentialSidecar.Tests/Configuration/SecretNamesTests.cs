using CredentialSidecar.Configuration.Reading;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Which variables a program that the SDK starts does not inherit.</summary>
public sealed class SecretNamesTests
{
    [Theory]
    [InlineData("SIDECAR_TOKEN", true)]
    [InlineData("SIDECAR_Access__Clients__web__Token", true)]
    [InlineData("SIDECAR_CONFIG", true)]
    [InlineData("SIDECAR_EXTERNAL_ID", true)]
    [InlineData("SIDECAR_Destinations__reports__Hops__0__ExternalId", true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_HEADERS", true)]
    [InlineData("SIDECAR_TOKEN_FILE", false)]
    [InlineData("AWS_CONFIG_FILE", false)]
    [InlineData("PATH", false)]
    public void A_variable_that_may_hold_a_secret_is_known_by_its_name(string variable, bool mayHold) =>
        Assert.Equal(mayHold, ShortNames.MayHoldSecret(variable));
}
