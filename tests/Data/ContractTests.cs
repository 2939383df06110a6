using Pipeline.Ingest.Events;
using Pipeline.Storage.Events;

namespace Pipeline.Generator.Tests;

/// <summary>Every line is taken or refused by the worker's own validator as the generator meant it.</summary>
[Trait("speed", "fast")]
public sealed class ContractTests
{
    [Fact]
    public void Good_lines_pass_and_broken_ones_are_refused_with_their_code()
    {
        using var writer = new EventWriter();
        var validator = new EventValidator();
        var output = new BsonBuffer(4_096);
        foreach (var line in Sample.Lines)
        {
            output.Truncate(0);
            var json = writer.Write(line)[..^1];
            var refusal = validator.Validate(json, new SourcePosition("test", 0, 0), Sample.Options.Until, output, out var eventId);

            Assert.Equal(line.Defect.Code(), refusal?.Code ?? "");
            if (refusal is null)
                Assert.Equal(line.EventId, eventId);
        }
    }

    [Fact]
    public void Lines_hold_no_line_feed_within()
    {
        using var writer = new EventWriter();
        foreach (var line in Sample.Lines.Take(20_000))
            Assert.Equal(1, writer.Write(line).Count((byte)'\n'));
    }
}
