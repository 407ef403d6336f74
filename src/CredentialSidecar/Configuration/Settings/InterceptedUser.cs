using System.Globalization;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>A user whose connections to the ECS agent are redirected to a port of its own, so that the port says whose they are.</summary>
internal sealed record InterceptedUser(uint Uid, string Destination, int Port)
{
    // Below the ephemeral ports with the default Interception:Port, and wide enough for usual uids not to meet.
    private const long Ports = 10_000, First = 1000;

    public override string ToString() => $"{Uid}={Destination}:{Port}";

    /// <summary>The port of a uid that names none: a function of the uid alone, since an init container may know of other uids than the sidecar.</summary>
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
