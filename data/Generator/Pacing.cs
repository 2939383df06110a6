namespace Pipeline.Generator;

/// <summary>How much is told of each viewing, so that the wanted number of events is spent on enough different titles per member.</summary>
/// <remarks>
/// A member with 40 events in four weeks has watched about eleven titles, told briefly; one with 4,000 has watched two a day, told
/// minute by minute.
/// </remarks>
/// <param name="EventsPerViewing">A first guess; the stream measures it as it goes.</param>
/// <param name="ProgressEvery">Seconds of watching between two progress events.</param>
public sealed record Pacing(double EventsPerViewing, double ProgressEvery, double Browse, double ImpressionsPerBrowse, double Incident, double Opinion)
{
    private const double FewestPerViewing = 3.3;
    private const double MostPerViewing = 60;
    private const double ViewingsPerDay = 1.2;
    private const double MeanWatchedSeconds = 3_000;

    public static Pacing For(long events, int members, int days)
    {
        var perMember = (double)events / members;
        var viewings = Math.Clamp(perMember / FewestPerViewing, 1, ViewingsPerDay * days);
        var perViewing = Math.Clamp(perMember / viewings, FewestPerViewing, MostPerViewing);

        // Beyond a start and an end, what is left goes to browsing, incidents and opinions first, and then to progress.
        var spare = perViewing - 2;
        var browse = Math.Min(0.6, 0.06 * spare);
        var impressions = Math.Clamp(spare / 2, 2, 12);
        var incident = Math.Min(0.5, 0.06 * spare);
        var opinion = Math.Min(0.25, 0.08 * spare);
        var progress = Math.Max(0.5, spare - (browse * (impressions + 1)) - incident - opinion);
        return new Pacing(perViewing, Math.Max(10, MeanWatchedSeconds / progress), browse, impressions, incident, opinion);
    }
}
