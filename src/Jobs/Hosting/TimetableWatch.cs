namespace Pipeline.Jobs.Hosting;

/// <summary>Looks whether the timetable still stands in Hangfire's storage, from whose pages a job can be removed, and puts back what does not.</summary>
internal sealed class TimetableWatch(TimetableService timetable, TimeProvider clock, ILogger<TimetableWatch> log) : RepeatedService(Interval, clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        foreach (string job in await timetable.RestoreAsync(cancellationToken))
            log.LogWarning("The times of {Job} were gone from the queue, or others: they are as the timetable has them again", job);
    }

    protected override void Failed(Exception error) => log.LogError(error, "It could not be seen whether the timetable stands");
}
