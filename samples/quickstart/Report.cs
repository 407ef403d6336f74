using System.Text.Json;

namespace Quickstart;

/// <summary>What a person reads.</summary>
internal static class Report
{
    public static void Identity(string heading, string[] answer) => Print(heading, $"account   {answer[^2]}", $"identity  {answer[^1]}");

    public static void Credentials(JsonElement read)
    {
        var members = read.EnumerateObject().Select(p => $"  \"{p.Name}\": \"{Masked(p.Name, p.Value.GetString()!)}\"");
        Print("What the SDK read from the sidecar, masked here:", "{", string.Join(",\n  ", members), "}");
    }

    public static void Renewal(JsonElement status)
    {
        var now = status.GetProperty("now").GetDateTimeOffset();
        var destination = status.GetProperty("destinations")[0];
        var next = destination.GetProperty("nextRenewal").GetDateTimeOffset();
        var left = TimeSpan.FromSeconds(destination.GetProperty("secondsLeft").GetInt64());
        Console.WriteLine($"Next renewal in {(next - now).TotalMinutes:0} minutes; the session has {left.TotalMinutes:0} left.");
    }

    public static void Keep(Emulator emulator, Sidecar sidecar) => Console.WriteLine($"""

        All of it stays up until Ctrl+C. For the AWS CLI, in another terminal:

          unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
          export AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_CONFIG_FILE=/dev/null NO_PROXY=127.0.0.1
          export AWS_CONTAINER_CREDENTIALS_FULL_URI={sidecar.CredentialsUri}
          export AWS_CONTAINER_AUTHORIZATION_TOKEN={sidecar.Token}
          export AWS_ENDPOINT_URL_STS={emulator.Sts} AWS_DEFAULT_REGION={Emulator.Region}
          aws sts get-caller-identity
        """);

    // The key id is not secret, but repository and log scanners report it as a secret.
    private static string Masked(string name, string value) => name switch
    {
        "SecretAccessKey" or "Token" => "********",
        "AccessKeyId" => value[..8] + "********",
        _ => value,
    };

    private static void Print(string heading, params string[] lines)
    {
        Console.WriteLine(heading);

        foreach (var line in lines)
        {
            Console.WriteLine($"  {line}");
        }

        Console.WriteLine();
    }
}
