using System.Collections.Concurrent;
using Pipeline.Storage.Serving;

namespace Pipeline.Jobs.Tests.Publication;

/// <summary>Readers that ask for lists all the time and note every answer that is not one whole generation.</summary>
public sealed class ConcurrentReaders : IAsyncDisposable
{
    private const int Count = 24;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<long, long> _stampOfGeneration = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Task[] _readers;
    private long _reads;

    public ConcurrentReaders(RecommendationReader reader) =>
        _readers = [.. Enumerable.Range(1, Count).Select(seed => Task.Run(() => ReadAsync(reader, new Random(seed))))];

    /// <summary>Ends the readers, and fails where one of them saw an empty list, a list of two generations, or a generation of two publications.</summary>
    public async Task AssertAllWholeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_readers);
        Assert.Empty(_faults);
        Assert.True(_reads > Count, $"only {_reads} reads");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_readers);
        _stop.Dispose();
    }

    private async Task ReadAsync(RecommendationReader reader, Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                int member = random.Next(1, StampedLists.Members + 1);
                var served = await reader.ReadAsync(member, "KR", _stop.Token);
                long? stamp = StampedLists.StampOf(served.Items);
                if (served.Generation is not { } generation || stamp is null)
                    _faults.Enqueue($"member {member}: {served.Items.Count} titles from {served.Source}: {served.Fallback}");
                else if (_stampOfGeneration.GetOrAdd(generation, stamp.Value) is var first && first != stamp)
                    _faults.Enqueue($"member {member}: generation {generation} is of publications {first} and {stamp}");
                Interlocked.Increment(ref _reads);
                // The publisher needs the processors too.
                await Task.Delay(Pause, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
