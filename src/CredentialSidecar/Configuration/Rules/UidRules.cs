using System.Collections.Frozen;
using System.Globalization;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks the uids of clients.</summary>
internal static class UidRules
{
    /// <summary>A decimal number without leading zeros. The largest one means "no user" to the kernel.</summary>
    public static bool TryRead(string text, out uint uid) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uid)
            && uid != uint.MaxValue && text == uid.ToString(CultureInfo.InvariantCulture);

    /// <returns>Null if no uid is listed.</returns>
    public static FrozenSet<uint>? Find(string path, IReadOnlyList<string> texts, Findings findings)
    {
        List<uint> uids = [];

        foreach (var (i, text) in texts.Index())
        {
            if (TryRead(text, out var uid))
            {
                uids.Add(uid);
            }
            else
            {
                findings.Wrong($"{path}:{i}",
                    $"is {Shown.Quoted(text)}; expected a uid such as 1001, because a name may mean another user in another image");
            }
        }

        return texts.Count == 0 ? null : uids.ToFrozenSet();
    }

    /// <summary>Checks the clients that are identified by their uid alone.</summary>
    public static void Check(IReadOnlyList<ClientSettings> clients, Findings findings)
    {
        var owners = new Dictionary<uint, string>();

        foreach (var (client, uid) in clients.Where(client => client is { Origin: TokenOrigin.None, Uids: not null })
            .SelectMany(client => client.Uids!.Order(), (client, uid) => (client, uid)))
        {
            var path = $"{client.Path}:Uids";
            findings.Require(owners.TryAdd(uid, client.Name), path,
                $"has uid {uid}, which client '{owners[uid]}' has too; give each client without a token different uids");

            if (uid == 0)
            {
                findings.Warn(path, "has uid 0, so every process that runs as root and reaches the sidecar is this client; "
                    + "run its container as another user, or give the client a token");
            }
        }
    }
}
