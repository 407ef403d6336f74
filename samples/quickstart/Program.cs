using System.ComponentModel;
using System.Runtime.InteropServices;
using Quickstart;

switch (args)
{
    case ["client"]:
        return await Client.RunAsync();
    case [] or ["--keep"]:
        break;
    default:
        await Console.Error.WriteLineAsync("quickstart: the one argument there is, is --keep: stay up, to be asked by the AWS CLI.");
        return 64;
}

using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    await Demonstration.RunAsync(keep: args is ["--keep"], stopping.Token);
    return 0;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 130;
}
catch (QuickstartException e)
{
    await Console.Error.WriteLineAsync($"quickstart: {e.Message}");

    foreach (var line in e.LastLines)
    {
        await Console.Error.WriteLineAsync($"  {line}");
    }

    return 1;
}
catch (Exception e) when (e is HttpRequestException or IOException or Win32Exception)
{
    await Console.Error.WriteLineAsync($"quickstart: {e.Message}");
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
