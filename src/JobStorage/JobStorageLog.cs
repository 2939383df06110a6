using Microsoft.Extensions.Logging;

namespace Pipeline.JobStorage;

/// <summary>Every line that the storage logs. Ids: 100 schema, 200 database, 300 leases and locks, 400 maintenance.</summary>
internal static partial class JobStorageLog
{
    [LoggerMessage(100, LogLevel.Information, "Schema of {Place}: applying {Version} {Name}")]
    public static partial void Migrating(ILogger logger, string place, int version, string name);

    [LoggerMessage(200, LogLevel.Warning, "MySQL error {Code}: {Reason}; trying again for {Seconds} s")]
    public static partial void Repeating(ILogger logger, int code, string reason, double seconds);

    [LoggerMessage(300, LogLevel.Warning, "Job {Job} is held by another worker, or done: what this one still writes about it is refused")]
    public static partial void LeaseLost(ILogger logger, string job);

    [LoggerMessage(301, LogLevel.Warning, "The lock {Resource} is lost: writes under it are refused")]
    public static partial void LockLost(ILogger logger, string resource);

    [LoggerMessage(302, LogLevel.Warning, "Leases could not be kept just now ({Reason}); trying again in {Seconds} s")]
    public static partial void NotRenewed(ILogger logger, string reason, double seconds);

    [LoggerMessage(304, LogLevel.Warning, "Job {Job} was not handed back ({Reason}): it returns to its queue when its lease runs out")]
    public static partial void NotHandedBack(ILogger logger, string job, string reason);

    [LoggerMessage(305, LogLevel.Warning, "Lock {Resource} was not released ({Reason}): it is free when its lease runs out")]
    public static partial void NotReleased(ILogger logger, string resource, string reason);

    [LoggerMessage(400, LogLevel.Debug, "{Rows} expired rows removed")]
    public static partial void Expired(ILogger logger, int rows);

    [LoggerMessage(401, LogLevel.Debug, "{Rows} counter rows added up")]
    public static partial void Aggregated(ILogger logger, int rows);

    [LoggerMessage(402, LogLevel.Warning, "{Pass} is put off ({Reason})")]
    public static partial void PutOff(ILogger logger, string pass, string reason);
}
