using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Crowds;

/// <summary>A sibling that holds every port which the system could choose.</summary>
public sealed class PortExhaustionTests
{
    private const string HoldAll = """
        import socket, time
        held = []
        for port in range(40000, 40011):
            s = socket.socket(socket.AF_INET6); s.bind(("::1", port)); s.listen(); held.append(s)
        print("held", flush=True)
        time.sleep(600)
        """;

    [Fact]
    public async Task A_sidecar_that_starts_meanwhile_still_serves_on_both_loopback_addresses()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        await using var network = await NetworkNamespace.CreateAsync("ports");
        await network.DoAsync("sh", "-c", "echo 40000 40010 > /proc/sys/net/ipv4/ip_local_port_range");
        await using var holder = network.Start(["setpriv", "--reuid", "2000", "--clear-groups", "/usr/bin/python3", "-c", HoldAll]);
        await holder.LineAsync(line => line == "held");

        await using var sidecar = network.Start([Programs.Sidecar],
            ("SIDECAR_ROLE_ARN", "arn:aws:iam::555566667777:role/reports"),
            ("SIDECAR_TOKEN", new string('t', 40)),
            ("AWS_REGION", "eu-central-1"),
            ("SIDECAR_Source__Kind", "Default"),
            ("AWS_ACCESS_KEY_ID", "x"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1"));
        var started = await sidecar.LineAsync(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal));

        Assert.Contains("serving on http://127.0.0.1:9170, http://[::1]:9170;", started, StringComparison.Ordinal);
    }
}
