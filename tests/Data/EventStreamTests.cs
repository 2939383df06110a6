using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Generator.Tests;

[Trait("speed", "fast")]
public sealed class EventStreamTests
{
    private static readonly GenerateOptions Small = new(Events: 5_000, Members: 200, Titles: 100, Seed: 7, Days: 7);

    [Fact]
    public void The_same_arguments_give_the_same_bytes_on_every_machine()
    {
        var bytes = Sample.Bytes(Small);
        Assert.Equal(bytes, Sample.Bytes(Small));
        // Changes only together with the world that it stands for.
        Assert.Equal("aeb8beba3ab122d66937912a85d179e4fea8d19620cbb72c18ea735c3266cfb7", Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void Another_seed_gives_other_events()
    {
        Assert.NotEqual(Sample.Bytes(Small), Sample.Bytes(Small with { Seed = 8 }));
    }

    [Theory]
    [InlineData(0, 5, 3)]
    [InlineData(1, 5_000, 1_000)]
    [InlineData(17, 1, 1)]
    [InlineData(999, 3, 2_000)]
    [InlineData(30_000, 10, 5)]
    public void As_many_lines_are_written_as_asked_for(long events, int members, int titles)
    {
        var options = new GenerateOptions(events, members, titles, Days: 2);
        var text = Encoding.UTF8.GetString(Sample.Bytes(options));
        Assert.Equal(events, text.Count(character => character == '\n'));
        Assert.True(text.Length == 0 || text.EndsWith('\n'));
    }

    [Fact]
    public void A_reader_that_stops_early_has_the_beginning_of_the_whole()
    {
        var world = Sample.WorldOf(Small);
        var whole = new EventStream(world, Small).Lines().ToList();
        Assert.Equal(whole.Take(1_234), new EventStream(world, Small).Lines().Take(1_234));
    }

    [Fact]
    public void Lines_come_in_the_order_in_which_they_arrive_and_end_at_the_given_time()
    {
        var (lines, until) = (Sample.Lines, Sample.Options.Until.UtcDateTime);
        Assert.Equal(lines.OrderBy(line => line.ArrivesAt), lines);
        Assert.All(lines, line => Assert.True(line.OccurredAt <= line.ArrivesAt && line.ArrivesAt < until && line.OccurredAt >= until.AddDays(-Sample.Options.Days)));
        // The whole time is told, to its last minutes.
        Assert.True(lines[0].ArrivesAt < until.AddDays(-Sample.Options.Days).AddHours(1));
        Assert.True(lines[^100].ArrivesAt > until.AddMinutes(-30));
    }

    [Fact]
    public void Until_moves_the_times_to_the_same_hours_of_the_same_weekdays()
    {
        var twoWeeks = TimeSpan.FromDays(14);
        var here = new EventStream(Sample.WorldOf(Small), Small).Lines().Select(line => line.OccurredAt).ToList();
        var moved = Small with { Until = Small.Until + twoWeeks };
        // The catalogue's youngest titles come out with the time, so the events are others; their times are spread alike.
        var there = new EventStream(Sample.WorldOf(moved), moved).Lines().Select(line => line.OccurredAt - twoWeeks).ToList();

        Assert.InRange(MeanHour(there) - MeanHour(here), -6, 6);
        Assert.True(there.Max() <= Small.Until.UtcDateTime && there.Min() >= Small.Until.UtcDateTime.AddDays(-Small.Days));

        static double MeanHour(List<DateTime> times) => times.Average(at => (at - DateTime.UnixEpoch).TotalHours);
    }

    [Fact]
    public void Some_lines_come_twice_some_late_and_some_broken()
    {
        var lines = Sample.Lines;
        var seen = new HashSet<Guid>();
        foreach (var line in lines)
            Assert.Equal(line.Kind == LineKind.Duplicate, !seen.Add(line.EventId));

        Assert.InRange(Share(line => line.Kind == LineKind.Duplicate), 0.008, 0.012);
        Assert.InRange(Share(line => line.Kind == LineKind.Broken), 0.004, 0.006);
        Assert.InRange(Share(line => line.ArrivesAt - line.OccurredAt > TimeSpan.FromMinutes(10)), 0.003, 0.05);
        Assert.Equal(Enum.GetValues<Defect>(), lines.Select(line => line.Defect).Distinct().Order());

        double Share(Func<GeneratedEvent, bool> which) => lines.Count(which) / (double)lines.Count;
    }

    [Fact]
    public void A_duplicate_has_the_bytes_of_the_line_that_it_repeats()
    {
        using var writer = new EventWriter();
        var first = Sample.Lines.Where(line => line.Kind == LineKind.Event).ToDictionary(line => line.EventId);
        foreach (var again in Sample.Lines.Where(line => line.Kind == LineKind.Duplicate).Take(200))
        {
            var bytes = writer.Write(first[again.EventId]).ToArray();
            Assert.Equal(bytes, writer.Write(again).ToArray());
        }
    }
}
