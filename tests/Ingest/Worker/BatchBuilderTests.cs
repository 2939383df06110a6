using Microsoft.Extensions.Time.Testing;
using Pipeline.Ingest.Tests.Events;
using Pipeline.Ingest.Worker;

namespace Pipeline.Ingest.Tests.Worker;

[Trait("speed", "fast")]
public sealed class BatchBuilderTests
{
    private readonly FakeTimeProvider _time = new(EventJson.Now);
    private readonly OpenPartition _partition = Records.Open(0);
    private readonly IngestSettings _settings = new() { BatchEvents = 3, BatchBytes = 10_000, BatchAge = TimeSpan.FromSeconds(1) };
    private readonly BatchBuilder _builder;

    public BatchBuilderTests() => _builder = new BatchBuilder(_settings, _time);

    [Fact]
    public void An_empty_batch_is_never_due()
    {
        _time.Advance(TimeSpan.FromDays(1));
        Assert.False(_builder.IsDue);
        Assert.Null(_builder.DueIn);
        Assert.False(_builder.TryTake(out _, out _));
    }

    [Fact]
    public void It_is_due_when_it_has_enough_events()
    {
        Add(3);
        Assert.True(_builder.IsDue);
        Assert.True(_builder.TryTake(out var batch, out _));
        Assert.Equal([0L, 1L, 2L], batch.Entries.Select(entry => entry.Source.Offset));
        Assert.False(_builder.IsDue);
    }

    [Fact]
    public void It_is_due_when_it_has_enough_bytes()
    {
        _builder.Add(Records.At(0, 0, new string('x', 9_000)), _partition);
        Assert.False(_builder.IsDue);
        _builder.Add(Records.At(0, 1, new string('x', 1_000)), _partition);
        Assert.True(_builder.IsDue);
    }

    [Fact]
    public void It_is_due_when_its_first_event_has_waited_long_enough()
    {
        Add(1);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Add(1);
        Assert.Equal(TimeSpan.FromMilliseconds(400), _builder.DueIn);
        _time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.True(_builder.IsDue);
        Assert.Equal(TimeSpan.Zero, _builder.DueIn);
        Assert.True(_builder.TryTake(out _, out var age));
        Assert.Equal(TimeSpan.FromSeconds(1), age);
    }

    [Fact]
    public void The_next_batch_has_an_age_of_its_own_and_nothing_of_the_last_one()
    {
        Add(2);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_builder.TryTake(out var first, out _));
        _builder.Reuse(first);
        Add(1);
        Assert.Equal(TimeSpan.FromSeconds(1), _builder.DueIn);
        Assert.True(_builder.TryTake(out var second, out _));
        Assert.Same(first, second);
        Assert.Single(second.Entries);
    }

    private void Add(int count)
    {
        for (var offset = 0; offset < count; offset++)
            _builder.Add(Records.At(0, offset), _partition);
    }
}
