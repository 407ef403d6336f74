using System.Globalization;
using CredentialSidecar.Conformance;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.Radosgw;
using Xunit.MicrosoftTestingPlatform;

return args switch
{
    [NetSdk.ClientMode, var calls] => await NetSdk.RunAsClientAsync(int.Parse(calls, CultureInfo.InvariantCulture)),
    [Net4Client.Mode, var calls] => await Net4Client.RunAsync(int.Parse(calls, CultureInfo.InvariantCulture)),
    [NetSdkWriter.Mode, var bucket, var seconds] => await NetSdkWriter.RunAsync(bucket, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture))),
    [Results.WriteMode, var file] => await Results.WriteAsync(file),
    _ => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
};
