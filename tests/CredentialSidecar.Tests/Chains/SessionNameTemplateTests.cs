using System.Text.RegularExpressions;
using CredentialSidecar.Chains;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CredentialSidecar.Tests.Chains;

/// <summary>Role session names: always fit for STS, whatever the task is called.</summary>
public sealed partial class SessionNameTemplateTests
{
    private static readonly TaskIdentity Task = new("arn", "0123abcd", "web:7", "my cluster", "eu-central-1");

    [Theory]
    [InlineData(SessionNameTemplate.Default, "credential-sidecar-0123abcd")]
    [InlineData("{family}@{cluster}", "web-7@my-cluster")]
    [InlineData("{destination}-{task_id}", "reports-0123abcd")]
    [InlineData("fixed--name-", "fixed--name-")]
    public void Placeholders_are_filled_and_sanitized_and_a_fixed_name_is_kept(string template, string expected) =>
        Assert.Equal(expected, SessionNameTemplate.Fill(template, new TemplateValues(Task, Placement.Unknown, "reports")));

    [Theory]
    [InlineData(SessionNameTemplate.Default, "credential-sidecar")]
    [InlineData("{family}-{task_id}-{destination}", "reports")]
    [InlineData("a-{cluster}-b", "a-b")]
    [InlineData("{task_id}", "credential-sidecar")]
    [InlineData("x{task_id}", "credential-sidecar")]
    public void A_placeholder_without_a_value_goes_with_its_separators(string template, string expected) =>
        Assert.Equal(expected, SessionNameTemplate.Fill(template, new TemplateValues(TaskIdentity.Unknown, Placement.Unknown, "reports")));

    [Theory]
    [InlineData("ab", true)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData("{task_id}", true)]
    [InlineData("a b-{task_id}", false)]
    [InlineData("{task_id", false)]
    [InlineData("{TASK_ID}", false)]
    public void What_stands_around_the_placeholders_must_fit(string template, bool valid) =>
        Assert.Equal(valid, SessionNameTemplate.IsValid(template));

    [Fact]
    public void Unknown_placeholders_are_named() => Assert.Equal(["{taskid}", "{}"], Template.Unknown("{taskid}-{family}-{}"));

    [Fact]
    public void Any_template_and_any_task_give_2_to_64_of_what_STS_takes() => Prop.ForAll(
        ArbMap.Default.ArbFor<string?>(),
        ArbMap.Default.ArbFor<string?>(),
        Gen.Elements("{task_id}{family}", "{family}", "a-{task_id}-{cluster}-b", SessionNameTemplate.Default).ToArbitrary(),
        (id, family, template) => Sts().IsMatch(SessionNameTemplate.Fill(
            template, new TemplateValues(new TaskIdentity(null, id, family, family, null), Placement.Unknown, "d"))))
        .Check(Property.Quietly.WithMaxTest(500));

    [Fact]
    public void A_long_value_is_cut_with_a_hash_and_what_a_person_wrote_stays()
    {
        var (one, two) = (Fill("app--{family}-x", new string('y', 254) + "1"), Fill("app--{family}-x", new string('y', 254) + "2"));

        Assert.Equal((64, 64), (one.Length, two.Length));
        Assert.NotEqual(one, two);
        Assert.Matches("^app--y{48}-[0-9a-f]{8}-x\\z", one);

        static string Fill(string template, string family) => SessionNameTemplate.Fill(
            template, new TemplateValues(Task with { Family = family }, Placement.Unknown, "d"));
    }

    [Fact]
    public void The_longest_value_is_cut_first()
    {
        var task = Task with { Cluster = "prod", Family = new string('f', 100), TaskId = new string('0', 32) };
        var name = SessionNameTemplate.Fill("{cluster}.{family}.{task_id}", new TemplateValues(task, Placement.Unknown, "d"));
        Assert.Matches("^prod\\.f{17}-[0-9a-f]{8}\\.0{32}\\z", name);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(60)]
    [InlineData(63)]
    [InlineData(64)]
    public void Little_room_is_filled_with_the_hash_alone(int written)
    {
        var values = new TemplateValues(Task with { Family = new string('f', 100) }, Placement.Unknown, "d");
        var name = SessionNameTemplate.Fill(new string('w', written) + "{family}", values);
        Assert.Equal(64, name.Length);
        Assert.StartsWith(new string('w', written), name, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^[\w+=,.@-]{2,64}\z", RegexOptions.ECMAScript)]
    private static partial Regex Sts();
}
