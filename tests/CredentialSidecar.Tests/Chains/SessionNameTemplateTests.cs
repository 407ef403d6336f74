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
        Assert.Equal(expected, SessionNameTemplate.Fill(template, Task, "reports"));

    [Theory]
    [InlineData(SessionNameTemplate.Default, "credential-sidecar")]
    [InlineData("{family}-{task_id}-{destination}", "reports")]
    [InlineData("a-{cluster}-b", "a-b")]
    [InlineData("{task_id}", "credential-sidecar")]
    [InlineData("x{task_id}", "credential-sidecar")]
    public void A_placeholder_without_a_value_goes_with_its_separators(string template, string expected) =>
        Assert.Equal(expected, SessionNameTemplate.Fill(template, TaskIdentity.Unknown, "reports"));

    [Theory]
    [InlineData("ab", true)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData("{task_id}", true)]
    [InlineData("a b-{task_id}", false)]
    [InlineData("{task_id", false)]
    [InlineData("{TASK_ID}", false)]
    public void What_stands_around_the_placeholders_must_fit(string template, bool valid) => Assert.Equal(valid, SessionNameTemplate.IsValid(template));

    [Fact]
    public void Unknown_placeholders_are_named() => Assert.Equal(["{taskid}", "{}"], SessionNameTemplate.Unknown("{taskid}-{family}-{}"));

    [Fact]
    public void Any_template_and_any_task_give_2_to_64_of_what_STS_takes() => Prop.ForAll(
        ArbMap.Default.ArbFor<string?>(), ArbMap.Default.ArbFor<string?>(), Gen.Elements("{task_id}{family}", "{family}", "a-{task_id}-{cluster}-b", SessionNameTemplate.Default).ToArbitrary(),
        (id, family, template) => Sts().IsMatch(SessionNameTemplate.Fill(template, new TaskIdentity(null, id, family, family, null), "d")))
        .Check(Property.Quietly.WithMaxTest(500));

    [Fact]
    public void A_long_name_is_cut_to_64() => Assert.Equal(64, SessionNameTemplate.Fill("{family}", Task with { Family = new string('x', 255) }, "d").Length);

    [GeneratedRegex(@"^[\w+=,.@-]{2,64}\z", RegexOptions.ECMAScript)]
    private static partial Regex Sts();
}
