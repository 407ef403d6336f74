using System.IO.Pipes;
using CredentialSidecar.Launcher.Forwarding;
using CredentialSidecar.Networking;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>The forwarder's loop in a thread of this process, until a pipe is closed that stands for the program.</summary>
internal sealed class RunningForwarder : IDisposable
{
    private readonly AnonymousPipeServerStream _program = new(PipeDirection.Out);
    private readonly Thread _thread;

    /// <param name="sidecar">Who must listen on the socket; null for this process's user.</param>
    public RunningForwarder(string path, uint? sidecar = null)
    {
        var listener = LoopbackListener.Open(0, out var port);
        Assert.True(listener >= 0);
        Port = port;
        var order = ForwardOrder.Of(path, port, sidecar ?? Libc.EffectiveUid(), trustsAnyone: false, knowsUsers: true);
        var parent = int.Parse(_program.GetClientHandleAsString(), System.Globalization.CultureInfo.InvariantCulture);
        _thread = new Thread(() => new Forwarder(order, listener, port, parent).Run(ParentId()), 2 * 1024 * 1024);
        _thread.Start();
    }

    public int Port { get; }

    public Uri Uri => new($"http://127.0.0.1:{Port}/");

    public void Dispose()
    {
        _program.Dispose();
        _thread.Join();
    }

    private static int ParentId() => int.Parse(
        File.ReadAllText("/proc/self/stat").Split(')')[1].Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
}
