using Pipeline.Ingest.Worker;

namespace Pipeline.Ingest.Tests.Worker;

[Trait("speed", "fast")]
public sealed class BackoffTests
{
    [Fact]
    public void It_doubles_up_to_a_bound_and_never_waits_less_than_half()
    {
        var backoff = new Backoff(new Random(1));
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var whole = attempt < 10 ? Math.Min(Backoff.Longest.TotalSeconds, Backoff.First.TotalSeconds * Math.Pow(2, attempt)) : Backoff.Longest.TotalSeconds;
            Assert.InRange(backoff.After(attempt).TotalSeconds, whole / 2, whole);
        }
    }

    [Fact]
    public void Workers_with_other_seeds_wait_otherwise() =>
        Assert.NotEqual(new Backoff(new Random(1)).After(5), new Backoff(new Random(2)).After(5));
}
