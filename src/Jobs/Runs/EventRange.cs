using Pipeline.Storage.Events;

namespace Pipeline.Jobs.Runs;

/// <summary>Says of a job that found nothing where it looked, and where there is something.</summary>
internal static class EventRange
{
    public static async Task<string> DescribeAsync(IEventStore events, double days, DateTime asOf, CancellationToken cancellationToken)
    {
        string looked = FormattableString.Invariant($"{days:0.##} days before {asOf:u}");
        return await events.NewestAsync(cancellationToken) is { } newest
            ? $"it looked at {looked}, and the newest event is of {newest:u}; set as-of to look elsewhere"
            : $"it looked at {looked}, and there are no events at all";
    }
}
