using Pipeline.Jobs.Popularity;
using Pipeline.Jobs.Schedules;
using Pipeline.Jobs.Training;

namespace Pipeline.Jobs;

/// <summary>
/// When the jobs run, as long as no operator decides otherwise: the whole timetable. Times are of Seoul, which has no summer time.
/// </summary>
public static class Timetable
{
    public static TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul");

    public static IReadOnlyList<TimetableEntry> Entries { get; } =
    [
        // Ten past: events that were up to ten minutes late are in.
        new(PopularityJob.JobName, "10 * * * *", new JobPolicy { Limit = TimeSpan.FromMinutes(50) }),
        // After the evening's watching, before the morning's.
        new(TrainRecommendationsJob.JobName, "30 4 * * *", new JobPolicy { Limit = TimeSpan.FromHours(12) }),
    ];
}

/// <summary>A job and its times.</summary>
/// <param name="Cron">The five fields of cron.</param>
public sealed record TimetableEntry(string Job, string Cron, JobPolicy Policy);
