using Cronos;
using Pipeline.Jobs.Runs;

namespace Pipeline.Jobs.Schedules;

/// <summary>The times of a cron expression in the timetable's zone; all of them UTC.</summary>
public sealed class CronTimes
{
    /// <summary>The 29th of February, and the years around 2100 that have none.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromDays(366 * 9);

    private readonly CronExpression _expression;

    private CronTimes(CronExpression expression) => _expression = expression;

    /// <param name="cron">Five fields: minute, hour, day of the month, month, day of the week.</param>
    /// <exception cref="UsageException">It is none, or never comes.</exception>
    public static CronTimes Parse(string cron)
    {
        try
        {
            var times = new CronTimes(CronExpression.Parse(cron));
            return times.After(DateTime.UnixEpoch).Any() ? times : throw new UsageException($"'{cron}' never comes");
        }
        catch (CronFormatException error)
        {
            throw new UsageException($"'{cron}' is no cron expression of five fields (minute, hour, day, month, weekday): {error.Message}");
        }
    }

    /// <summary>The times after a moment, without end for those that come again.</summary>
    /// <param name="moment">UTC.</param>
    public IEnumerable<DateTime> After(DateTime moment)
    {
        for (var next = _expression.GetNextOccurrence(moment, Timetable.Zone); next is { } time; next = _expression.GetNextOccurrence(time, Timetable.Zone))
            yield return time;
    }

    /// <summary>The latest time that is not after a moment: what a trigger at that moment stands for. Null where there was none for years.</summary>
    /// <param name="moment">UTC.</param>
    public DateTime? LatestAt(DateTime moment)
    {
        // Cron only looks forward: further and further back, until a time lies between.
        for (var back = TimeSpan.FromMinutes(1); back < LongestGap; back *= 4)
        {
            var from = moment - back;
            if (_expression.GetNextOccurrence(from, Timetable.Zone, inclusive: true) is not { } found || found > moment)
                continue;
            while (_expression.GetNextOccurrence(found, Timetable.Zone) is { } later && later <= moment)
                found = later;
            return found;
        }
        return null;
    }
}
