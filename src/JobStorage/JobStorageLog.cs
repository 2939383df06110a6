using Microsoft.Extensions.Logging;

namespace Pipeline.JobStorage;

/// <summary>Every line that the storage logs. Ids: 100 schema, 200 database, 300 leases and locks, 400 maintenance.</summary>
internal static partial class JobStorageLog
{
    [LoggerMessage(100, LogLevel.Information, "Schema of {Place}: applying {Version} {Name}")]
    public static partial void Migrating(ILogger logger, string place, int version, string name);

    [LoggerMessage(200, LogLevel.Warning, "MySQL error {Code}; trying again for {Seconds} s")]
    public static partial void Repeating(ILogger logger, Exception error, int code, double seconds);

    [LoggerMessage(300, LogLevel.Warning, "Job {Job} is held by another worker, or done: what this one still writes about it is refused")]
    public static partial void LeaseLost(ILogger logger, string job);

    [LoggerMessage(301, LogLevel.Warning, "The lock {Resource} is lost: writes under it are refused")]
    public static partial void LockLost(ILogger logger, string resource);

    [LoggerMessage(302, LogLevel.Warning, "Leases could not be kept just now; trying again in {Seconds} s")]
    public static partial void NotRenewed(ILogger logger, Exception error, double seconds);

    [LoggerMessage(303, LogLevel.Warning, "Job {Job} is taken over from {Loser}, whose lease ran out {Seconds:F1} s ago: time {Rescues} in a row")]
    public static partial void Rescued(ILogger logger, string job, string loser, double seconds, int rescues);

    [LoggerMessage(304, LogLevel.Warning, "Job {Job} was not handed back: it returns to its queue when its lease runs out")]
    public static partial void NotHandedBack(ILogger logger, Exception error, string job);

    [LoggerMessage(305, LogLevel.Warning, "Lock {Resource} was not released: it is free when its lease runs out")]
    public static partial void NotReleased(ILogger logger, Exception error, string resource);

    [LoggerMessage(306, LogLevel.Error, "Job {Job} was lost by {Rescues} workers in a row, the last of them {Loser}: it is failed and not started again")]
    public static partial void GivenUp(ILogger logger, string job, int rescues, string loser);

    [LoggerMessage(400, LogLevel.Debug, "{Rows} expired rows removed")]
    public static partial void Expired(ILogger logger, int rows);

    [LoggerMessage(401, LogLevel.Debug, "{Rows} counter rows added up")]
    public static partial void Aggregated(ILogger logger, int rows);

    [LoggerMessage(402, LogLevel.Warning, "{Pass} is put off")]
    public static partial void PutOff(ILogger logger, Exception error, string pass);
}
