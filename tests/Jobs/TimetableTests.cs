using System.Globalization;

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
        Assert.Equal(Utc(scheduled), Timetable.Entries.Single(entry => entry.Job == job).ScheduledAt(Utc(moment)));
}
