using Pipeline.Jobs.Schedules;
using Pipeline.Models.Ranking;
using Pipeline.Storage.MySql.Rights;

namespace Pipeline.Jobs.Rights;

/// <summary>Reads what may be shown to whom until a job has made its lists anew.</summary>
public sealed class RightsReader(RightsStore store, JobPlans plans)
{
    /// <summary>
    /// How much longer than to the job's next time lists may stand: it takes a while, and may have to try again; and readers have what was
    /// popular in a region where nobody has watched since for as many hours as computations are kept.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromHours(6);

    private static readonly TimeSpan WithoutTimetable = TimeSpan.FromDays(1);

    /// <param name="job">The job that makes the lists.</param>
    /// <param name="now">UTC; when they begin to be shown.</param>
    internal async Task<MemberRights> ReadAsync(string job, DateTime now, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(cancellationToken);
        var plan = await plans.FindAsync(job, cancellationToken);
        var next = plan.After(now).Select(time => (DateTime?)time).FirstOrDefault() ?? now + WithoutTimetable;
        var windows = stored.Licences.ToLookup(
            licence => licence.ContentId, licence => new LicenceWindow(licence.Region, licence.AvailableFrom, licence.AvailableUntil));
        return new MemberRights(new TitleRights(windows, stored.MinAges, now, next + Margin), stored.AgeLimits);
    }
}

/// <param name="AgeLimits">By member, of those who have one.</param>
internal sealed record MemberRights(TitleRights Titles, IReadOnlyDictionary<long, int> AgeLimits)
{
    /// <param name="regionOf">A member's region; null where it is not known.</param>
    public MemberMasks For(Func<long, string?> regionOf) =>
        new(Titles, member => (regionOf(member), AgeLimits.GetValueOrDefault(member, TitleRights.AnyAge)));
}
