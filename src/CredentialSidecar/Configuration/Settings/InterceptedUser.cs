using System.Globalization;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>A user whose connections to the ECS agent are redirected to a separate port, which identifies the user.</summary>
internal sealed record InterceptedUser(uint Uid, string Destination, int Port)
{
    // Below the ephemeral ports with the default Interception:Port, and wide enough that usual uids get different ports.
    private const long Ports = 10_000, First = 1000;

    public override string ToString() => $"{Uid}={Destination}:{Port}";

    /// <summary>
    /// The default port of a uid. It depends only on the uid, since an init container may know other uids than the sidecar.
    /// </summary>
    public static int DerivedPort(uint uid, int first) => first + (int)((uid + Ports - First) % Ports);

    /// <param name="text">A destination, and its port where there is one: <c>reports:9172</c>.</param>
    public static bool TryParse(uint uid, string text, int first, out InterceptedUser user)
    {
        var parts = text.Split(':');
        var port = parts.Length == 1 ? DerivedPort(uid, first) : 0;
        var isPort = parts.Length == 1 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out port);
        user = new InterceptedUser(uid, parts[0], port);
        return isPort && parts.Length <= 2 && parts[0].Length > 0;
    }
}
