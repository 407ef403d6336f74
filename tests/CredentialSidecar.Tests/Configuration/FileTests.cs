using System.Diagnostics;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Files that others lock, replace by pipes, or can change. A configuration file and a token file are read alike.</summary>
public sealed class FileTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly string _directory = Directory.CreateTempSubdirectory("files-").FullName;

    private string TokenPath => Path.Combine(_directory, "token");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("SIDECAR_CONFIG_FILE", "give the path of a JSON file")]
    [InlineData("SIDECAR_TOKEN_FILE", "give the path of the file that holds the token")]
    public async Task A_pipe_in_a_files_place_is_a_mistake_and_nobody_waits_for_it(string variable, string remedy)
    {
        Fifo.Make(TokenPath);
        var mistakes = await Fifo.PromptlyAsync(TokenPath, () => Loading.Mistakes(("SIDECAR_TOKEN", null), (variable, TokenPath)));
        Assert.Equal(
            [$"{variable} is \"{TokenPath}\", which is a pipe, a socket or a device instead of a regular file; {remedy}"],
            mistakes);
    }

    [Fact]
    public void A_socket_is_no_regular_file()
    {
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(TokenPath));
        Assert.Equal(FileTrouble.NotRegular, SmallFile.Read(TokenPath, 10).Trouble);
    }

    [Fact]
    public void A_file_that_a_reader_has_locked_is_read()
    {
        File.WriteAllText(TokenPath, Token);
        var config = Path.Combine(_directory, "config");
        File.WriteAllText(config, """{ "Drain": "1s" }""");
        using var first = new FileStream(TokenPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using var second = new FileStream(config, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        // That they are locked is seen by the framework's own way to open a file.
        Assert.Throws<IOException>(() => File.OpenRead(TokenPath).Dispose());
        var settings = Settings.Load(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", TokenPath), ("SIDECAR_CONFIG_FILE", config));
        Assert.Equal((Token, TimeSpan.FromSeconds(1)), (settings.Token, settings.Drain));
    }

    [Fact]
    public void A_link_as_a_mounted_secret_has_it_is_followed()
    {
        File.WriteAllText(Path.Combine(_directory, "..data"), Token);
        File.CreateSymbolicLink(TokenPath, "..data");
        Assert.Equal(Token, Settings.Load(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", TokenPath)).Token);
        Assert.Equal(FileTrouble.Link, SmallFile.Read(TokenPath, 100, followLinks: false).Trouble);
    }

    [Theory]
    [InlineData("644", null)]
    [InlineData("444", null)]
    [InlineData("664", "its group can write")]
    [InlineData("666", "every user can write")]
    public void A_file_that_others_can_write_is_warned_of(string mode, string? doubt)
    {
        File.WriteAllText(TokenPath, Token);
        Run("chmod", mode, TokenPath);
        var config = Path.Combine(_directory, "config");
        File.WriteAllText(config, "{}");
        Run("chmod", mode, config);

        var warnings = Loading.Warnings(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", TokenPath), ("SIDECAR_CONFIG_FILE", config));

        string[] expected = doubt is null ? [] : [.. new[] { "SIDECAR_CONFIG_FILE", "SIDECAR_TOKEN_FILE" }.Select(name =>
            $"{name} names a file that {doubt}; make root or uid {SmallFile.UserId()} its owner, " +
            "and remove the write permission of all others: chmod go-w")];
        Assert.Equal(expected, warnings);
    }

    [Fact]
    public void A_token_of_the_source_that_others_can_write_is_warned_of()
    {
        File.WriteAllText(TokenPath, Token);
        Run("chmod", "666", TokenPath);
        Assert.StartsWith("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that every user can write", Assert.Single(Loading.Warnings(
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", TokenPath))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_user_is_warned_of()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Giving a file to another user takes root.");
        File.WriteAllText(TokenPath, Token);
        Run("chown", "12345", TokenPath);
        Assert.StartsWith("SIDECAR_TOKEN_FILE names a file that uid 12345 owns; make root or uid 0 its owner",
            Assert.Single(Loading.Warnings(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", TokenPath))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE")]
    [InlineData("OTEL_EXPORTER_OTLP_CLIENT_KEY")]
    public async Task A_pipe_for_a_collectors_certificate_exports_nothing_and_stops_nothing(string variable)
    {
        Fifo.Make(TokenPath);
        (string, string?)[] changes = [("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.internal:4317"), (variable, TokenPath)];

        Assert.Null(await Fifo.PromptlyAsync(TokenPath, () => Settings.Load(changes).Export));
        Assert.StartsWith(
            $"{variable} names a pipe, a socket or a device",
            Assert.Single(Loading.Warnings(changes)),
            StringComparison.Ordinal);
    }

    private static void Run(string program, params string[] words)
    {
        using var process = Process.Start(program, words);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
