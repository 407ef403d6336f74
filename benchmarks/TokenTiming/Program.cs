using System.Collections.Immutable;
using System.Diagnostics;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

// Does the time of a comparison tell how much of a wrong token was right? A million tries of each kind, mixed by chance so
// that whatever else the machine does strikes both alike; beside it a comparison that stops at the first difference,
// to show that this measurement would see it. Welch's t above 4.5 is a difference.
const int Tries = 1_000_000;

var token = new string('k', 64);
var (first, last) = ('x' + token[1..], token[..^1] + 'x');
var settings = SettingsLoader.Load(new ProcessEnvironment(new Dictionary<string, string>
{
    ["SIDECAR_ROLE_ARN"] = "arn:aws:iam::555566667777:role/reports", ["SIDECAR_TOKEN"] = token, ["AWS_REGION"] = "eu-central-1",
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x",
})).Settings;
var book = new ClientBook(settings.Access, new TokenStore(), TimeProvider.System, NullLogger<ClientBook>.Instance);

Console.WriteLine("comparison          wrong first   wrong last   difference    Welch's t");
Measure("ClientBook", given =>
{
    try
    {
        book.Identify(given);
        return true;
    }
    catch (RejectedException)
    {
        return false;
    }
}, Tries);
Measure("stops at a difference", given =>
{
    for (var i = 0; i < given.Length; i++)
    {
        if (given[i] != token[i])
        {
            return false;
        }
    }

    return true;
}, Tries);

void Measure(string name, Func<string, bool> compare, int tries)
{
    var random = new Random(1);
    var times = new List<double>[] { new(tries), new(tries) };

    for (var i = -20_000; i < 2 * tries; i++)
    {
        var which = random.Next(2);
        var given = which == 0 ? first : last;
        var started = Stopwatch.GetTimestamp();
        compare(given);
        var elapsed = Stopwatch.GetTimestamp() - started;

        if (i >= 0)
        {
            times[which].Add(elapsed * 1e9 / Stopwatch.Frequency);
        }
    }

    // The slowest tenth is what the scheduler and the collector did, to either.
    var (a, b) = (Trim(times[0]), Trim(times[1]));
    var t = (Mean(a) - Mean(b)) / Math.Sqrt((Variance(a) / a.Length) + (Variance(b) / b.Length));
    Console.WriteLine(
        $"{name,-22} {Mean(a),8:0.00} ns  {Mean(b),8:0.00} ns  {Mean(b) - Mean(a),8:0.00} ns   {t,8:0.00}   ({a.Length + b.Length} kept of "
        + $"{times[0].Count + times[1].Count})");
}

static double[] Trim(List<double> times)
{
    times.Sort();
    return [.. times.Take(times.Count * 9 / 10)];
}

static double Mean(double[] times) => times.Average();

static double Variance(double[] times)
{
    var mean = times.Average();
    return times.Sum(time => (time - mean) * (time - mean)) / (times.Length - 1);
}

internal sealed class TokenStore : ITokenStore
{
    public ImmutableArray<TokenEntry> Tokens { get; private set; } = [];

    public void Update(Func<ImmutableArray<TokenEntry>, ImmutableArray<TokenEntry>> next) => Tokens = next(Tokens);
}
