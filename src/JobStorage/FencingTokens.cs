using System.Globalization;
using Hangfire.Server;

namespace Pipeline.JobStorage;

/// <summary>What a job guards its effects with.</summary>
public static class FencingTokens
{
    /// <summary>
    /// The number of this execution: every later execution of the same job has a greater one. What remembers the greatest number that it
    /// has seen of a job, and refuses lesser ones, cannot be changed by a worker that slept through its lease (Kleppmann, <i>Designing
    /// Data-Intensive Applications</i>, 2017, chapter 8). It is the time of the fetch by the database's
    /// clock, in µs since 1970, or one more than the last where that clock was set back.
    /// </summary>
    /// <exception cref="InvalidOperationException">The job was not fetched from this storage.</exception>
    public static long GetFencingToken(this PerformContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Connection is MySqlStorageConnection { Fetched: { } fetched } && fetched.JobId == context.BackgroundJob.Id
            ? fetched.FencingToken
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"job {context.BackgroundJob.Id} was not fetched from a {nameof(MySqlJobStorage)}, so it has no fencing token"));
    }
}
