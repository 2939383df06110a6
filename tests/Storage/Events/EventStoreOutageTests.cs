using Pipeline.Servers;
using Pipeline.Services.Local;
using Pipeline.Storage.Events;
using static Pipeline.Storage.Tests.Events.SampleEvents;

namespace Pipeline.Storage.Tests.Events;

/// <summary>The store's processes are killed in the middle of a stream of batches.</summary>
[Trait("speed", "server")]
public sealed class EventStoreOutageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LocalServer.Documents)]
    [InlineData(LocalServer.Serve)]
    public async Task What_was_acknowledged_is_kept_and_sending_all_again_makes_it_exact(LocalServer killed)
    {
        await using var servers = await TestServers.PrivateAsync(Server.Mongo);
        var store = new MongoEventStore(DocumentDatabase.Open(servers.Addresses.Mongo!));
        await store.PrepareAsync(Cancel);
        var batches = Mixed(30_000, seed: 9).Chunk(1_000).ToList();
        var acknowledged = 0;
        var enough = new TaskCompletionSource();

        var appending = Task.Run(async () =>
        {
            foreach (var batch in batches)
            {
                Assert.All(await store.AppendAsync(batch, Cancel), outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
                if (++acknowledged == 4)
                    enough.SetResult();
            }
        }, Cancel);
        await enough.Task.WaitAsync(Cancel);
        await servers.KillAsync(killed);
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => appending);
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.AppendAsync(batches[^1], Cancel));
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.CountAsync(Start, Start.AddYears(1), Cancel));

        await servers.StartAsync(killed, Cancel);
        Assert.InRange(await store.CountAsync(Start, Start.AddYears(1), Cancel), acknowledged * 1_000, 30_000);
        for (var i = 0; i < batches.Count; i++)
        {
            var outcomes = await store.AppendAsync(batches[i], Cancel);
            var allowed = i < acknowledged ? [AppendStatus.Duplicate] : new[] { AppendStatus.Duplicate, AppendStatus.Stored };
            Assert.All(outcomes, outcome => Assert.Contains(outcome.Status, allowed));
        }
        Assert.Equal(30_000, await store.CountAsync(Start, Start.AddYears(1), Cancel));
    }
}
