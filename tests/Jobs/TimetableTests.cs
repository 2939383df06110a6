using System.Globalization;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Schedules;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Jobs.Tests;

[Trait("speed", "fast")]
public sealed class TimetableTests
{
    private static DateTime Utc(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    [Fact]
    public void Popularity_is_hourly_and_training_nightly_in_seoul()
    {
        Assert.Equal("Asia/Seoul", Timetable.Zone.Id);
        Assert.Equal([("popularity", "10 * * * *"), ("train-recommendations", "30 4 * * *")], Timetable.Entries.Select(entry => (entry.Job, entry.Cron)));
    }

    [Theory]
    [InlineData("popularity", "2026-11-22T10:10:00Z", "2026-11-22T10:10:00Z")]
    [InlineData("popularity", "2026-11-22T10:59:59Z", "2026-11-22T10:10:00Z")]
    [InlineData("popularity", "2026-11-22T10:09:59Z", "2026-11-22T09:10:00Z")]
    [InlineData("train-recommendations", "2026-11-22T19:30:07Z", "2026-11-22T19:30:00Z")]
    [InlineData("train-recommendations", "2026-11-22T19:29:59Z", "2026-11-21T19:30:00Z")]
    [InlineData("train-recommendations", "2026-12-31T23:00:00Z", "2026-12-31T19:30:00Z")]
    public void A_trigger_stands_for_the_latest_time_of_the_timetable(string job, string moment, string scheduled) =>
        Assert.Equal(Utc(scheduled), JobPlans.Combine(job, null).ScheduledAt(Utc(moment)));

    [Theory]
    [InlineData("*/15 9 * * 1", "2026-11-22T23:59:00Z", "2026-11-16T00:45:00Z")]
    [InlineData("0 0 29 2 *", "2026-11-22T10:00:00Z", "2024-02-28T15:00:00Z")]
    [InlineData("* * * * *", "2026-11-22T10:00:30Z", "2026-11-22T10:00:00Z")]
    public void The_latest_time_is_found_however_far_back_it_is(string cron, string moment, string latest) =>
        Assert.Equal(Utc(latest), CronTimes.Parse(cron).LatestAt(Utc(moment)));

    [Theory]
    [InlineData("")]
    [InlineData("whenever")]
    [InlineData("61 * * * *")]
    [InlineData("* * * * * *")]
    [InlineData("0 0 31 2 *")]
    public void What_never_comes_or_is_no_cron_is_refused(string cron) => Assert.Contains($"'{cron}'", Assert.Throws<UsageException>(() => CronTimes.Parse(cron)).Message);

    [Fact]
    public void Pauses_double_and_end_somewhere()
    {
        var policy = new JobPolicy { Pause = TimeSpan.FromMinutes(1) };

        Assert.Equal([60, 120, 240], new[] { 1, 2, 3 }.Select(attempt => policy.PauseAfter(attempt).TotalSeconds));
        Assert.Equal(TimeSpan.FromHours(6), policy.PauseAfter(100));
    }

    [Fact]
    public void What_operators_decide_stands_and_the_rest_is_the_timetable_s()
    {
        var since = Utc("2026-11-22T10:00:00Z");
        var held = new JobSchedule("popularity", new ScheduleChange("5 * * * *", null, 7, 0, "queue"), "ada", since, since);

        var plan = JobPlans.Combine("popularity", held);

        Assert.Equal(("5 * * * *", true), (plan.Cron, plan.IsPaused));
        Assert.Equal(new JobPolicy { Attempts = 3, Pause = TimeSpan.FromSeconds(7), Limit = null, Overlap = Overlap.Queue }, plan.Policy);
        Assert.Null(JobPlans.Combine("roll-back", null).Cron);
    }
}
