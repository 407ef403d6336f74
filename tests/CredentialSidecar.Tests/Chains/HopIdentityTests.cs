using CredentialSidecar.Chains;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CredentialSidecar.Tests.Chains;

/// <summary>Destinations share a session only where every input of the hop is the same.</summary>
public sealed class HopIdentityTests
{
    private static readonly Hop Base = new()
    {
        Role = RoleArn.Parse("arn:aws:iam::123456789012:role/x"),
        SessionName = "me",
        Duration = TimeSpan.FromHours(1),
        Region = "eu-central-1",
    };

    private static readonly Func<Hop, Hop>[] Changes =
    [
        hop => hop with { Role = RoleArn.Parse("arn:aws:iam::123456789012:role/y") },
        hop => hop with { SessionName = "you" },
        hop => hop with { Duration = TimeSpan.FromMinutes(30) },
        hop => hop with { Region = "eu-west-1" },
        hop => hop with { ExternalId = "a" },
        hop => hop with { ExternalId = "" },
        hop => hop with { SourceIdentity = "a" },
        hop => hop with { Policy = "a" },
        hop => hop with { Tags = [new("a", "b")] },
        hop => hop with { Tags = [new("b", "a")] },
        hop => hop with { Tags = [new("a", "b"), new("c", "d")] },
        hop => hop with { Tags = [new("a", "d"), new("c", "b")] },
        hop => hop with { TransitiveTagKeys = ["a"] },
        hop => hop with { PolicyArns = ["a"] },
        hop => hop with { PolicyArns = ["a", "b"] },
    ];

    [Fact]
    public void Two_hops_that_differ_in_any_one_input_never_have_the_same_identity()
    {
        var hops = Changes.Select(change => change(Base)).Append(Base).ToArray();

        Assert.Equal(hops.Length, hops.Select(hop => hop.Identity).Distinct().Count());
        Assert.Equal(Base.Identity, (Base with { }).Identity);
    }

    [Fact]
    public void Every_input_of_a_hop_is_among_the_changes() => Assert.Equal(
        typeof(Hop).GetProperties().Select(property => property.Name).Except(["Identity", "EqualityContract"]).Order(),
        typeof(Hop).GetProperties().Where(property => property.Name is not "Identity" && Changes.Any(change => !Equals(property.GetValue(change(Base)), property.GetValue(Base)))).Select(property => property.Name).Order());

    // Texts made of what the identity itself is made of.
    [Fact]
    public void No_value_can_imitate_a_separator_or_its_neighbour()
    {
        var text = Gen.Elements("", ";", ":", "1:", "-1:;", "0:;", "1:a;", "a", "2", "1:1;", null).ListOf(3).Select(parts => parts.All(p => p is null) ? null : string.Concat(parts));
        var list = text.Where(t => t is not null).ListOf(2);
        var hop =
            from externalId in text
            from identity in text
            from policy in text
            from keys in list
            from values in list
            from transitive in list
            from arns in list
            select Base with
            {
                ExternalId = externalId,
                SourceIdentity = identity,
                Policy = policy,
                Tags = [.. keys.Zip(values, (key, value) => new SessionTag(key!, value!))],
                TransitiveTagKeys = [.. transitive!],
                PolicyArns = [.. arns!],
            };

        Prop.ForAll(hop.Zip(hop).ToArbitrary(), pair => (pair.Item1.Identity == pair.Item2.Identity) == Same(pair.Item1, pair.Item2))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static bool Same(Hop a, Hop b) =>
        (a.ExternalId, a.SourceIdentity, a.Policy) == (b.ExternalId, b.SourceIdentity, b.Policy)
        && a.Tags.SequenceEqual(b.Tags) && a.TransitiveTagKeys.SequenceEqual(b.TransitiveTagKeys) && a.PolicyArns.SequenceEqual(b.PolicyArns);
}
