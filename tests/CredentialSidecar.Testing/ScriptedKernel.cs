using System.Net;

namespace CredentialSidecar.Testing;

/// <summary>Says of every connection where it was going and whose it is: by default, uid 1000's to the ECS agent.</summary>
internal sealed class ScriptedKernel
{
    public const string Id = "7f1d2c3b-own";
    public const string OwnPath = "/v2/credentials/" + Id;

    public IPEndPoint? Meant { get; set; } = new(IPAddress.Parse("169.254.170.2"), 80);

    public uint? Uid { get; set; } = 1000;
}
