using System.ComponentModel;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>Which clients and servers this machine has; a test that needs one it has not is skipped, and says how to install it.</summary>
internal static partial class Installed
{
    public const string Clients = "apt-get install -y --no-install-recommends python3-boto3 awscli";
    public const string Radosgw = "apt-get install -y --no-install-recommends ceph-mon ceph-mgr ceph-osd radosgw ceph-common";
    public const string MotoServer = "pip install 'moto[server]'";

    public const string Terraform = "https://developer.hashicorp.com/terraform/install has the packages; version 1.9 or later";

    private static readonly Lazy<Task<Version?>> Boto3Once = new(() => PythonPackageAsync("boto3"));
    private static readonly Lazy<Task<Version?>> AwsCliOnce = new(() => VersionAsync(@"aws-cli/(\S+)", "aws", "--version"));
    private static readonly Lazy<Task<Version?>> MotoOnce = new(() => PythonPackageAsync("moto"));

    private static readonly Lazy<Task<Version?>> TerraformOnce = new(() => VersionAsync(@"Terraform v(\S+)", "terraform", "version"));

    public static async Task<Version> Boto3Async() => Require(await Boto3Once.Value, "boto3", Clients);

    public static async Task<Version> AwsCliAsync() => Require(await AwsCliOnce.Value, "the AWS CLI", Clients);

    public static async Task<Version> MotoAsync() => Require(await MotoOnce.Value, "moto's server", MotoServer);

    /// <summary>The samples compare variables in validations, which older versions refuse.</summary>
    public static async Task TerraformAsync() => Assert.SkipUnless(
        Require(await TerraformOnce.Value, "terraform", Terraform) >= new Version(1, 9), $"terraform is older than 1.9: {Terraform}");

    public static async Task RadosgwAsync()
    {
        foreach (var program in (string[])["ceph-mon", "ceph-mgr", "ceph-osd", "radosgw", "ceph"])
        {
            await CommandAsync($"{program} is not installed: {Radosgw}", program, "--version");
        }
    }

    /// <summary>Skips the test where it would not run.</summary>
    public static async Task CommandAsync(string reason, string program, params IEnumerable<string> arguments) =>
        Assert.SkipUnless(await TryAsync(program, arguments) is { Code: 0 }, reason);

    private static Version Require(Version? version, string what, string command)
    {
        Assert.SkipUnless(version is not null, $"{what} is not installed: {command}");
        return version!;
    }

    private static Task<Version?> PythonPackageAsync(string name) =>
        VersionAsync(".+", "python3", "-c", $"import importlib.metadata as m; print(m.version('{name}'))");

    private static async Task<Version?> VersionAsync(string pattern, string program, params IEnumerable<string> arguments)
    {
        var ended = await TryAsync(program, arguments);
        var text = ended is { Code: 0 } ? Numbers().Match(Regex.Match(ended.Output + ended.Errors, pattern).Value).Value : "";
        return Version.TryParse(text, out var version) ? version : null;
    }

    private static async Task<ChildProcess.Ended?> TryAsync(string program, IEnumerable<string> arguments)
    {
        try
        {
            return await ChildProcess.RunAsync(program, arguments, CleanEnvironment.With());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex Numbers();
}
