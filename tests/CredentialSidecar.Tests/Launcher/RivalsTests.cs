using CredentialSidecar.Launcher.Plan;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>What a person set and what would win over the sidecar is refused by name.</summary>
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
    public void A_rival_is_refused_in_one_sentence_without_its_value_unless_allowed(string name)
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
        Rivals.Remove(environment, []);

        Assert.Empty(Refusals(entry));
        Assert.Empty(environment.Entries);
    }

    [Fact]
    public void AWS_ROLE_ARN_without_a_token_file_is_the_applications_own_and_stays()
    {
        var environment = new Variables(["AWS_ROLE_ARN=arn:aws:iam::999988887777:role/app-target"]);

        Assert.Empty(Rivals.Remove(environment, []));
        Assert.Equal(["AWS_ROLE_ARN=arn:aws:iam::999988887777:role/app-target"], environment.Entries);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("AWS_ROLE_ARN", "AWS_ROLE_ARN")]
    [InlineData("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")]
    public void What_is_allowed_stays_and_the_rest_is_removed(string allowed, string kept)
    {
        var environment = new Variables(
            ["AWS_ROLE_ARN=arn", "AWS_WEB_IDENTITY_TOKEN_FILE=/irsa", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/x"]);
        var removed = Rivals.Remove(environment, [.. allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        var names = environment.Entries.Select(entry => entry.Split('=')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(kept, string.Join(' ', names.Where(name => kept.Contains(name, StringComparison.Ordinal))));
        Assert.Equal(3, environment.Entries.Count + removed.Count);
        Assert.DoesNotContain(removed, name => kept.Split(' ').Contains(name));
    }

    [Fact]
    public void What_was_removed_is_told_by_name_and_never_by_value()
    {
        Assert.Null(Rivals.Told([]));
        Assert.Equal(
            "Removed AWS_CONTAINER_CREDENTIALS_RELATIVE_URI from the program's environment, "
            + "because SDKs take it before they ask the sidecar; --allow AWS_CONTAINER_CREDENTIALS_RELATIVE_URI keeps it.",
            Rivals.Told(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]));
        Assert.Equal(
            "Removed AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN from the program's environment, "
            + "because SDKs take them before they ask the sidecar; --allow keeps one by its name.",
            Rivals.Told(["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"]));
    }

    [Theory]
    [InlineData("AWS_REGION", "--allow AWS_REGION has no effect")]
    [InlineData("aws_role_arn", "--allow aws_role_arn has no effect")]
    [InlineData("not a name: 5f1c9e7a", "--allow NAME has no effect")]
    public void A_name_that_nothing_hangs_on_cannot_be_allowed(string name, string text)
    {
        var refusal = Assert.Single(Rivals.Refusals(new Variables([]), [name]));

        Assert.Equal(64, refusal.ExitCode);
        Assert.StartsWith(text, refusal.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("5f1c", refusal.Text, StringComparison.Ordinal);
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
        Rivals.Remove(environment, []);

        Assert.Empty(Refusals(entry));
        Assert.Equal([entry], environment.Entries);
    }

    private static List<CredentialSidecar.Launcher.Mistake> Refusals(params string[] entries) =>
        Rivals.Refusals(new Variables(entries), []);
}
