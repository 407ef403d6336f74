namespace CredentialSidecar.Launcher.Arguments;

/// <summary>Which hosts SDKs accept in a FULL_URI over plain http (contract R13).</summary>
internal static class HostRules
{
    /// <summary>Why a host other than 127.0.0.1 is refused over plain http.</summary>
    public static string WhyNot(string host)
    {
        var address = host.StartsWith('[') || Array.TrueForAll(host.ToCharArray(), c => char.IsAsciiDigit(c) || c == '.');

        return host switch
        {
            "localhost" => "names localhost, which may mean ::1, where not every SDK connects; write http://127.0.0.1:PORT.",
            "[::1]" => "names ::1, to which the CRT, C++ and older Java SDKs do not connect; write http://127.0.0.1:PORT.",
            _ when host.StartsWith("127.", StringComparison.Ordinal) && address =>
                "names a loopback address that the C++, JavaScript and older Java SDKs refuse; write http://127.0.0.1:PORT.",
            "169.254.170.2" or "169.254.170.23" or "[fd00:ec2::23]" =>
                "names the container host's address, which the JavaScript v2, Java v1 and older Go SDKs refuse " +
                "or which another agent answers; write http://127.0.0.1:PORT.",
            _ when address =>
                "names an address that is not loopback, where no SDK asks over plain http; write http://127.0.0.1:PORT, or use https.",
            _ => "names a host, and botocore, JavaScript and .NET refuse names over plain http; write http://127.0.0.1:PORT, or use https.",
        };
    }
}
