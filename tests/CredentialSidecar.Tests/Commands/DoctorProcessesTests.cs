using CredentialSidecar.Commands.Doctor;
using CredentialSidecar.Configuration;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>The doctor examines the environments of the sibling processes.</summary>
public sealed class DoctorProcessesTests : DoctorTest
{
    [Theory]
    [InlineData("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/x", Verdict.Fail, "RELATIVE_URI is set, and nearly every SDK")]
    [InlineData("AWS_ACCESS_KEY_ID=AKIA", Verdict.Fail, "AWS_ACCESS_KEY_ID is set, and every SDK")]
    [InlineData("AWS_WEB_IDENTITY_TOKEN_FILE=/x", Verdict.Fail, "AWS_WEB_IDENTITY_TOKEN_FILE is set, and SDKs")]
    [InlineData("AWS_SHARED_CREDENTIALS_FILE=/x", Verdict.Fail, "AWS_SHARED_CREDENTIALS_FILE is set, and SDKs")]
    [InlineData("AMAZON_ACCESS_KEY_ID=AKIA", Verdict.Fail, "AMAZON_ACCESS_KEY_ID is set, and the Ruby SDK")]
    [InlineData("AWS_SHARED_CREDENTIALS_FILE=/dev/null", Verdict.Pass, "no other variable takes precedence")]
    [InlineData("AWS_ROLE_ARN=arn:aws:iam::999988887777:role/app", Verdict.Pass, "no other variable takes precedence")]
    [InlineData("AWS_CONTAINER_AUTHORIZATION_TOKEN=another", Verdict.Fail, "is not the sidecar's token")]
    [InlineData("HTTP_PROXY=http://proxy:3128", Verdict.Warn, "NO_PROXY leaves out 127.0.0.1")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI=http://sidecar:9170/v1/credentials", Verdict.Warn, "names sidecar")]
    [InlineData("X=1", Verdict.Pass, "no other variable takes precedence")]
    internal void R16_A_variable_that_keeps_a_sibling_from_asking_is_found_in_its_environment(string variable, Verdict verdict, string text)
    {
        var proc = Directory.CreateTempSubdirectory("proc-");
        Put(
            "17",
            "python3",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9170/v1/credentials\0" +
            $"AWS_CONTAINER_AUTHORIZATION_TOKEN={Settings.Token}\0",
            variable);
        Put("1", "credential-sidecar", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/x\0", "");
        Put("99", "cron", "PATH=/bin\0", "");
        var examination = new Examination();

        ProcessesCheck.Run(examination, proc.FullName, Settings.Load(("SIDECAR_PORT", null)), [Settings.Token]);
        proc.Delete(recursive: true);

        var line = Assert.Single(examination.Lines);
        Assert.Equal(("pid 17 (python3)", verdict), (line.Check, line.Verdict));
        Assert.Contains(text, line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("another", line.Text + line.Remedy, StringComparison.Ordinal);

        void Put(string id, string name, string environment, string change)
        {
            var folder = proc.CreateSubdirectory(id).FullName;
            var changed = change.Split('=')[0] + "=";
            File.WriteAllText(Path.Combine(folder, "comm"), name[..Math.Min(15, name.Length)] + "\n");
            var kept = environment.Split('\0')
                .Where(v => v.Length > 0 && (change.Length == 0 || !v.StartsWith(changed, StringComparison.Ordinal)));
            File.WriteAllText(Path.Combine(folder, "environ"), string.Join('\0', kept.Append(change)));
        }
    }

    [Fact]
    public void The_shells_that_started_the_doctor_are_not_applications_and_its_siblings_are()
    {
        var proc = Directory.CreateTempSubdirectory("proc-");
        var competing = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/x\0" +
            "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9170/v1/credentials\0";
        Put(50, "init (1) x", parent: 0, session: 50);
        Put(51, "sh", parent: 50, session: 51);
        Put(52, "make", parent: 51, session: 51);
        Put(Environment.ProcessId, "credential-side", parent: 52, session: 51);
        Put(60, "python3", parent: 51, session: 51);
        var examination = new Examination();

        ProcessesCheck.Run(examination, proc.FullName, Settings.Load(("SIDECAR_PORT", null)), []);
        proc.Delete(recursive: true);

        Assert.Equal(
            ["pid 50 (init (1) x)", "pid 60 (python3)"],
            examination.Lines.Select(line => line.Check).Distinct().Order(StringComparer.Ordinal));

        void Put(int id, string name, int parent, int session)
        {
            var folder = proc.CreateSubdirectory($"{id}").FullName;
            File.WriteAllText(Path.Combine(folder, "comm"), name + "\n");
            File.WriteAllText(Path.Combine(folder, "environ"), competing);
            File.WriteAllText(Path.Combine(folder, "stat"), $"{id} ({name}) S {parent} {session} {session} 0 -1 4194560 0");
        }
    }

    [Fact]
    public void Environments_that_the_kernel_hides_ask_for_SYS_PTRACE_and_not_for_root()
    {
        var examination = new Examination();
        ProcessesCheck.WarnOfHidden(examination, 1);

        var line = Assert.Single(examination.Lines);
        Assert.Contains("the environment of 1 other process without the capability SYS_PTRACE", line.Text, StringComparison.Ordinal);
        Assert.Contains("Running as root alone is not enough.", line.Remedy, StringComparison.Ordinal);
    }
}
