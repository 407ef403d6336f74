using CredentialSidecar.Testing.Processes;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>What people type on the command line, by the real program.</summary>
public sealed class TypedWordsTests
{
    [Theory]
    [InlineData("help", "Required:")]
    [InlineData("--help", "Required:")]
    [InlineData("help validate", "credential-sidecar validate [options]")]
    [InlineData("validate --help", "credential-sidecar validate [options]")]
    [InlineData("validate --bogus -h", "credential-sidecar validate [options]")]
    [InlineData("validate bogus --help", "credential-sidecar validate [options]")]
    [InlineData("intercept up --help", "credential-sidecar intercept up [options]")]
    public async Task Help_is_given_however_it_is_asked_for(string words, string expected)
    {
        var ended = await RunAsync(words);
        Assert.Equal((0, ""), (ended.Code, ended.Errors));
        Assert.Contains(expected, ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_a_word_too()
    {
        var (word, option) = (await RunAsync("version"), await RunAsync("--version"));
        Assert.Equal((0, option.Output), (word.Code, word.Output));
        Assert.Matches(@"^\d+\.\d+", word.Output);
    }

    [Theory]
    [InlineData(
        "valdate",
        "Unrecognized command or argument 'valdate'; did you mean validate?",
        "Run credential-sidecar --help for the list of commands.")]
    [InlineData(
        "validate --confg x",
        "Unrecognized command or argument '--confg'; did you mean --config?",
        "Run credential-sidecar validate --help for the options of this command.")]
    [InlineData("quux", "Unrecognized command or argument 'quux'.", "Run credential-sidecar --help for the list of commands.")]
    public async Task A_wrong_word_ends_with_64_and_what_was_meant(string words, string message, string next)
    {
        var ended = await RunAsync(words);
        Assert.Equal(64, ended.Code);
        Assert.Contains($"credential-sidecar: {message}", ended.Errors, StringComparison.Ordinal);
        Assert.EndsWith(next, ended.Errors, StringComparison.Ordinal);
    }

    private static Task<ChildProcess.Ended> RunAsync(string words) =>
        ChildProcess.RunAsync(Path.Combine(AppContext.BaseDirectory, "credential-sidecar"), words.Split(' '), CleanEnvironment.With());
}
