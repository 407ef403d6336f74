// The default credentials chain of the AWS SDK for .NET v3. The program does not use the SDK's STS package of that version,
// because some package mirrors do not have it.
using System.Globalization;
using System.Text.Json;
using Amazon.Runtime;

static void Print(string name, string value) =>
    Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, string> { [name] = value }));

Print("version", System.Diagnostics.FileVersionInfo.GetVersionInfo(typeof(AWSCredentials).Assembly.Location).FileVersion!);

try
{
    var pause = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("CLIENT_PAUSE") ?? "0", CultureInfo.InvariantCulture));
    var credentials = FallbackCredentialsFactory.GetCredentials();

    for (var call = 0; call < int.Parse(args[0], CultureInfo.InvariantCulture); call++)
    {
        await Task.Delay(call > 0 ? pause : TimeSpan.Zero);

        try
        {
            Print("accessKeyId", (await credentials.GetCredentialsAsync()).AccessKey);
        }
        catch (Exception e) when (Environment.GetEnvironmentVariable("CLIENT_GOES_ON") is not null)
        {
            Print("error", e.ToString());
        }
    }

    return 0;
}
catch (Exception e)
{
    Print("error", e.ToString());
    return 1;
}
