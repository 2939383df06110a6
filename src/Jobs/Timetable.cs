using Pipeline.Jobs.Popularity;
using Pipeline.Jobs.Training;

namespace Pipeline.Jobs;

/// <summary>When the jobs run: the whole timetable. Times are of Seoul.</summary>
public static class Timetable
{
    public static TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul");

    public static IReadOnlyList<TimetableEntry> Entries { get; } =
    [
        // Ten past: events that were up to ten minutes late are in.
        TimetableEntry.Hourly(PopularityJob.JobName, minute: 10),
        // After the evening's watching, before the morning's.
        TimetableEntry.Nightly(TrainRecommendationsJob.JobName, hour: 4, minute: 30),
    ];
}

/// <summary>A job and its times.</summary>
/// <param name="Cron">The five fields of cron.</param>
/// <param name="Hour">Null for every hour.</param>
public sealed record TimetableEntry(string Job, string Cron, int? Hour, int Minute)
{
    public static TimetableEntry Hourly(string job, int minute) => new(job, $"{minute} * * * *", null, minute);

    public static TimetableEntry Nightly(string job, int hour, int minute) => new(job, $"{minute} {hour} * * *", hour, minute);

    /// <summary>The entry's times after <paramref name="moment"/>, without end. Seoul has no summer time, so they are evenly apart.</summary>
    /// <param name="moment">UTC.</param>
    public IEnumerable<DateTime> After(DateTime moment)
    {
        var period = Hour is null ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        for (var next = ScheduledAt(moment) + period; ; next += period)
            yield return next;
    }

    /// <summary>The latest of the entry's times that is not after <paramref name="moment"/>: what a trigger at that moment stands for.</summary>
    /// <param name="moment">UTC.</param>
    /// <returns>UTC.</returns>
    public DateTime ScheduledAt(DateTime moment)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(moment, Timetable.Zone);
        var period = Hour is null ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        var start = Hour is null ? local.Date.AddHours(local.Hour) : local.Date.AddHours(Hour.Value);
        var scheduled = start.AddMinutes(Minute);
        return TimeZoneInfo.ConvertTimeToUtc(scheduled <= local ? scheduled : scheduled - period, Timetable.Zone);
    }
}
