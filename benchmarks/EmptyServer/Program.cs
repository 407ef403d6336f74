using System.Net;

// Kestrel with nothing behind it: empty-server PORT FILE answers every request for the sidecar's path with the bytes of the file.
var body = await File.ReadAllBytesAsync(args[1]);
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
    kestrel.Listen(IPAddress.Loopback, int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture)));

await using var app = builder.Build();
app.Run(http =>
{
    if (http.Request.Path != "/v1/credentials/d0")
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    http.Response.ContentType = "application/json";
    http.Response.ContentLength = body.Length;
    return http.Response.Body.WriteAsync(body).AsTask();
});
await app.RunAsync();
