using System.Globalization;
using CredentialSidecar.Conformance;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Conformance.Running;
using Xunit.MicrosoftTestingPlatform;

return args switch
{
    [NetSdk.ClientMode, var calls] => await NetSdk.RunAsClientAsync(int.Parse(calls, CultureInfo.InvariantCulture)),
    [Net4Client.Mode, var calls] => await Net4Client.RunAsync(int.Parse(calls, CultureInfo.InvariantCulture)),
    [FaultTests.Mode] => FaultTests.Fail(),
    [Results.WriteMode, var file] => await Results.WriteAsync(file),
    _ => await TestAsync(args),
};

static Task<int> TestAsync(string[] args)
{
    Shims.Avoid();
    return TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
