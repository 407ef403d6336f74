using CredentialSidecar.Conformance;
using CredentialSidecar.Conformance.Clients;
using Xunit.MicrosoftTestingPlatform;

return args is [NetSdk.ClientMode, var calls]
    ? await NetSdk.RunAsClientAsync(int.Parse(calls, System.Globalization.CultureInfo.InvariantCulture))
    : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
