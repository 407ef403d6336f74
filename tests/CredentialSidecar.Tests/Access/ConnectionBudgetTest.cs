using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>A small connection budget and guests that take its places.</summary>
public abstract class ConnectionBudgetTest : IDisposable
{
    // Seven eighths of them may be open, three quarters may be clients'.
    private protected const int Most = 16, Open = 14;

    private protected VirtualClock Clock { get; } = new();

    private protected List<Guest> Closed { get; } = [];

    private protected ConnectionBudget Budget { get; }

    protected ConnectionBudgetTest() => Budget = new ConnectionBudget(Most, clients: 2, Clock);

    public void Dispose()
    {
        Budget.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<List<Guest>> AdmitAsync(int count, string address = "127.0.0.1")
    {
        var guests = Enumerable.Range(0, count).Select(_ => Make(address)).ToList();

        foreach (var guest in guests)
        {
            Assert.True(await Budget.AdmitAsync(guest, CancellationToken.None));
            Clock.Advance(Budget.FairChance);
        }

        return guests;
    }

    private protected Guest Make(string address = "127.0.0.1", Func<long>? received = null)
    {
        Guest guest = null!;
        return guest = new Guest(IPAddress.Parse(address), () => Closed.Add(guest), received ?? (() => 0));
    }
}
