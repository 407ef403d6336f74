using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>The audit file may be moved, truncated or missing while the sidecar writes.</summary>
public sealed class AuditFileTests : AuditTest
{
    [Fact]
    public void A_file_that_was_moved_or_truncated_is_reopened_and_starts_on_a_new_line()
    {
        File.WriteAllText(AuditPath, "{\"half\":");
        using var file = new AuditFile(AuditPath);
        Append();
        File.Move(AuditPath, AuditPath + ".1");
        Append();
        file.Reopen();
        Append();

        Assert.Equal((3, 1), (File.ReadAllLines(AuditPath + ".1").Length, File.ReadAllLines(AuditPath).Length));
        Assert.Equal("{\"half\":", File.ReadAllLines(AuditPath + ".1")[0]);

        void Append() => Assert.Null(file.TryAppend(ServedTo(null)));
    }

    [Fact]
    public void A_file_that_is_copied_and_emptied_or_that_another_appends_to_keeps_every_line()
    {
        using var file = new AuditFile(AuditPath);
        Append(1);
        File.WriteAllText(AuditPath, "");
        Append(2);
        File.AppendAllText(AuditPath, "{}\n");
        Append(3);

        Assert.Equal([2, 0, 3], Lines().Select(line => line.TryGetProperty("uid", out var uid) ? uid.GetInt32() : 0));

        void Append(uint uid) => Assert.Null(file.TryAppend(ServedTo(null) with { Uid = uid }));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_told_and_tried_again()
    {
        using var file = new AuditFile(Path.Combine(Folder, "not", "there"));
        var line = new AuditLine(VirtualClock.Start, 200, "ok", null, null, null, null, null, null, null, null, null, null);

        Assert.StartsWith("the audit file cannot be written: Could not find", file.TryAppend(line), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(Folder, "not"));
        Assert.Null(file.TryAppend(line));
    }
}
