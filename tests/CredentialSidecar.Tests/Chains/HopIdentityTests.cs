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
        typeof(Hop).GetProperties()
            .Where(property => property.Name is not "Identity" && Changes.Any(change =>
                !Equals(property.GetValue(change(Base)), property.GetValue(Base))))
            .Select(property => property.Name)
            .Order());

    // The same pieces, cut into values at different places: joined without their lengths they would all read alike.
    [Fact]
    public void No_value_can_imitate_a_separator_or_its_neighbour()
    {
        var pieces = Gen.Elements("", "a", "1:a", "0:", "-1:").ListOf(7);
        var cuts = Gen.Choose(1, 2).Zip(Gen.Choose(3, 4)).Zip(Gen.Choose(5, 6));

        Prop.ForAll(pieces.Zip(cuts.Zip(cuts)).ToArbitrary(), input =>
        {
            var (((a, b), c), ((d, e), f)) = input.Item2;
            var (one, other) = (Cut([.. input.Item1], a, b, c), Cut([.. input.Item1], d, e, f));
            return one.Identity == other.Identity == Same(one, other);
        }).Check(Property.Quietly.WithMaxTest(1000));
    }

    private static Hop Cut(string[] pieces, int first, int second, int third) => Base with
    {
        ExternalId = string.Join(';', pieces[..first]),
        SourceIdentity = string.Join(';', pieces[first..second]),
        Policy = string.Join(';', pieces[second..]),
        Tags = [new(string.Join(';', pieces[..first]), "x"), new(string.Join(';', pieces[first..]), "x")],
        TransitiveTagKeys = [string.Join(';', pieces[..second]), string.Join(';', pieces[second..])],
        PolicyArns = [string.Join(';', pieces[..third]), string.Join(';', pieces[third..])],
    };

    private static bool Same(Hop a, Hop b) =>
        (a.ExternalId, a.SourceIdentity, a.Policy) == (b.ExternalId, b.SourceIdentity, b.Policy)
        && a.Tags.SequenceEqual(b.Tags)
        && a.TransitiveTagKeys.SequenceEqual(b.TransitiveTagKeys)
        && a.PolicyArns.SequenceEqual(b.PolicyArns);
}
