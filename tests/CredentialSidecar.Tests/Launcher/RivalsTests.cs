using CredentialSidecar.Launcher.Plan;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>What a person set and what would win over the sidecar is refused by name (contract F1).</summary>
public sealed class RivalsTests
{
    [Theory]
    [InlineData("AWS_ACCESS_KEY_ID")]
    [InlineData("AWS_ACCESS_KEY")]
    [InlineData("AMAZON_ACCESS_KEY_ID")]
    [InlineData("AWS_PROFILE")]
    [InlineData("AWS_DEFAULT_PROFILE")]
    [InlineData("AWS_SHARED_CREDENTIALS_FILE")]
    [InlineData("AWS_CREDENTIAL_PROFILES_FILE")]
    public void F1_A_rival_is_refused_in_one_sentence_without_its_value_unless_allowed(string name)
    {
        var refusal = Assert.Single(Refusals($"{name}=value-5f1c"));

        Assert.Equal(78, refusal.ExitCode);
        Assert.StartsWith(name + " is set", refusal.Text, StringComparison.Ordinal);
        Assert.Contains($"--allow {name}", refusal.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("5f1c", refusal.Text, StringComparison.Ordinal);
        Assert.Empty(Rivals.Refusals(new Variables([$"{name}=value-5f1c"]), [name]));
    }

    [Fact]
    public void Each_rival_has_its_own_sentence() => Assert.Equal(2, Refusals("AWS_PROFILE=a", "AWS_ACCESS_KEY_ID=b").Count);

    [Theory]
    [InlineData("AWS_PROFILE=")]
    [InlineData("AWS_ACCESS_KEY_ID=")]
    public void An_empty_rival_means_unset_and_is_removed(string entry)
    {
        var environment = new Variables([entry]);
        Rivals.Remove(environment);

        Assert.Empty(Refusals(entry));
        Assert.Empty(environment.Entries);
    }

    [Theory]
    [InlineData("AWS_SHARED_CREDENTIALS_FILE=/dev/null")]
    [InlineData("AWS_CONFIG_FILE=/app/config")]
    [InlineData("AWS_SESSION_TOKEN=alone")]
    [InlineData("AWS_SECRET_ACCESS_KEY=alone")]
    [InlineData("AWS_REGION=eu-central-1")]
    public void What_gives_no_credentials_by_itself_is_left_alone(string entry)
    {
        var environment = new Variables([entry]);
        Rivals.Remove(environment);

        Assert.Empty(Refusals(entry));
        Assert.Equal([entry], environment.Entries);
    }

    private static List<CredentialSidecar.Launcher.Mistake> Refusals(params string[] entries) => Rivals.Refusals(new Variables(entries), []);
}
