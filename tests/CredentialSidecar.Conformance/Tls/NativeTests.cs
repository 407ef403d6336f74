using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Tls;

/// <summary>The natively compiled program has its own copy of the code for certificates and TLS.</summary>
public sealed class NativeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_serves_TLS_and_Java_reads_its_trust_store()
    {
        var program = NativeProgram.Path("native", "credential-sidecar");
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(
            emulator, ["sh", "-c", $"exec {program}"], TlsTask.Variables(_folder, "localhost"));
        var curl = await ChildProcess.RunAsync("curl", ["-sS", "--retry", "5", "--cacert", Path.Combine(_folder, "ca-bundle.pem"), "-H",
            $"Authorization: {sidecar.Token}", $"https://localhost:{sidecar.Tls!.Port}/v1/credentials"], CleanEnvironment.With());
        Assert.Contains("AccessKeyId", curl.Output, StringComparison.Ordinal);

        await Installed.CommandAsync("keytool is not installed: .ci/install-clients java2", "keytool", "-help");
        var keytool = await ChildProcess.RunAsync("keytool", ["-list", "-keystore", Path.Combine(_folder, "ca.p12"), "-storetype", "PKCS12",
            "-storepass", "changeit", "-alias", "credential-sidecar"], CleanEnvironment.With());
        Assert.Contains("trustedCertEntry", keytool.Output, StringComparison.Ordinal);
    }
}
