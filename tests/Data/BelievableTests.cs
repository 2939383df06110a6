namespace Pipeline.Generator.Tests;

/// <summary>What a stranger who looks at the numbers would expect of them.</summary>
[Trait("speed", "fast")]
public sealed class BelievableTests
{
    private static readonly List<GeneratedEvent> Events = [.. Sample.Lines.Where(line => line.Kind == LineKind.Event)];

    [Fact]
    public void Every_type_of_the_contract_occurs()
    {
        string[] types =
        [
            "impression", "click", "search", "play_start", "progress", "pause", "resume", "seek", "stall", "bitrate_change", "error", "stop",
            "complete", "rating", "like", "dislike", "add_to_list", "remove_from_list",
        ];
        Assert.Equal(types.Order(), Events.Select(line => line.Type).Distinct().Order());
    }

    [Fact]
    public void Nearly_all_members_watch_and_most_watch_enough_titles_to_learn_from()
    {
        var titles = Events.Where(line => line.WatchedSeconds > 0)
            .GroupBy(line => line.Member.UserId)
            .Select(own => own.Select(line => line.Title!.ContentId).Distinct().Count())
            .Order().ToList();
        Assert.InRange(titles.Count, 4_950, 5_000);
        Assert.InRange(titles[titles.Count / 10], 5, 9);
        Assert.InRange(titles[titles.Count / 2], 8, 14);
        Assert.InRange(titles[titles.Count * 9 / 10], 14, 25);
    }

    [Fact]
    public void A_few_titles_are_watched_by_many_and_many_by_a_few()
    {
        var plays = Events.Where(line => line.Type == "play_start").GroupBy(line => line.Title!.ContentId).Select(own => own.Count()).OrderDescending().ToList();
        Assert.InRange(plays.Count, 950, 1_000);
        Assert.InRange(plays.Take(100).Sum() / (double)plays.Sum(), 0.2, 0.5);
        Assert.InRange(plays[0] / (double)plays[500], 4, 30);
    }

    [Fact]
    public void Members_live_where_the_regions_table_says()
    {
        foreach (var region in Region.All)
        {
            var share = Sample.World.Members.ToArray().Count(member => member.Region == region) / (double)Sample.World.Members.Length;
            Assert.InRange(share, region.Share - 0.02, region.Share + 0.02);
        }
    }

    [Theory]
    [InlineData("KR")]
    [InlineData("DE")]
    [InlineData("US")]
    public void Evenings_are_busy_and_nights_are_quiet_where_the_members_live(string code)
    {
        var region = Region.All.Single(region => region.Code == code);
        var hours = Events.Where(line => line.Member.Region == region).CountBy(line => (line.OccurredAt + region.UtcOffset).Hour).ToDictionary();
        Assert.InRange(hours.MaxBy(hour => hour.Value).Key, 19, 23);
        Assert.InRange(hours.MinBy(hour => hour.Value).Key, 2, 6);
    }

    [Fact]
    public void Weekends_are_busier_than_weekdays()
    {
        var days = Events.GroupBy(line => DateOnly.FromDateTime(line.OccurredAt.AddHours(9)))
            .Select(day => (IsWeekend: day.Key.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday, Count: day.Count())).ToList();
        Assert.True(days.Where(day => day.IsWeekend).Average(day => day.Count) > 1.15 * days.Where(day => !day.IsWeekend).Average(day => day.Count));
    }

    [Fact]
    public void A_session_adds_up_to_what_was_watched_of_the_title()
    {
        foreach (var session in Events.GroupBy(line => line.SessionId).Where(own => own.Any(line => line.Type == "complete")).Take(500))
        {
            var own = session.Where(line => line.WatchedSeconds is not null).OrderBy(line => line.OccurredAt).ToList();
            if (own[0].Type != "play_start" || own.Any(line => line.Type == "seek"))
                continue;
            var runtime = own[0].Title!.RuntimeSeconds;
            Assert.Equal(runtime - own[0].PositionSeconds!.Value, own.Sum(line => line.WatchedSeconds!.Value), tolerance: 1.0);
            Assert.Equal(runtime, own[^1].PositionSeconds);
            Assert.True(own.Zip(own.Skip(1)).All(pair => pair.First.PositionSeconds <= pair.Second.PositionSeconds));
        }
    }

    [Fact]
    public void Nothing_is_watched_before_its_release()
    {
        Assert.All(Events.Where(line => line.Type == "play_start"),
            line => Assert.True(line.Title!.ReleaseDate <= DateOnly.FromDateTime(line.OccurredAt)));
    }

    [Fact]
    public void More_events_tell_the_same_members_in_more_detail()
    {
        var options = new GenerateOptions(Events: 60_000, Members: 60);
        var detailed = new EventStream(Sample.WorldOf(options), options).Lines().Where(line => line.Kind == LineKind.Event).ToList();
        var progressPerPlay = PerPlay(detailed);
        Assert.InRange(progressPerPlay, 5 * PerPlay(Events), 100);

        static double PerPlay(List<GeneratedEvent> events) =>
            events.Count(line => line.Type == "progress") / (double)events.Count(line => line.Type == "play_start");
    }
}
