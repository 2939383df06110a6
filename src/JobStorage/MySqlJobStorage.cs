using System.Collections.Frozen;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Hangfire.Logging;
using Hangfire.Server;
using Hangfire.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.JobStorage.Maintenance;
using Pipeline.JobStorage.Monitoring;
using Pipeline.JobStorage.Queues;
using Pipeline.JobStorage.Schema;

namespace Pipeline.JobStorage;

/// <summary>
/// Hangfire's jobs in MySQL 8.0 or MariaDB 10.6 and later. A process has one, for as long as it lives: it keeps the leases of all jobs
/// that the process works on.
/// </summary>
public sealed class MySqlJobStorage : Hangfire.JobStorage, IDisposable
{
    private static readonly FrozenSet<string> Features = new[]
    {
        JobStorageFeatures.ExtendedApi,
        JobStorageFeatures.JobQueueProperty,
        JobStorageFeatures.ProcessesInsteadOfComponents,
        JobStorageFeatures.Connection.BatchedGetFirstByLowest,
        JobStorageFeatures.Connection.GetUtcDateTime,
        JobStorageFeatures.Connection.GetSetContains,
        JobStorageFeatures.Connection.LimitedGetSetCount,
        JobStorageFeatures.Transaction.AcquireDistributedLock,
        JobStorageFeatures.Transaction.CreateJob,
        JobStorageFeatures.Transaction.SetJobParameter,
        JobStorageFeatures.Transaction.RemoveFromQueue(typeof(MySqlFetchedJob)),
        JobStorageFeatures.Monitoring.DeletedStateGraphs,
        JobStorageFeatures.Monitoring.AwaitingJobs,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _preparing = new();
    private readonly Installer _installer;
    private readonly Upkeep _upkeep;
    private volatile bool _prepared;
    private (long At, ExceptionDispatchInfo? Why) _unprepared;

    /// <summary>Contacts no server yet: that is for the first use.</summary>
    /// <param name="connectionString">MySqlConnector's. It names the database, which must exist.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="loggers">Where the storage tells what it does; null for nowhere.</param>
    public MySqlJobStorage(string connectionString, MySqlJobStorageOptions? options = null, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        Options = options ?? new MySqlJobStorageOptions();
        Options.Check();
        ILogger log = loggers?.CreateLogger<MySqlJobStorage>() ?? NullLogger<MySqlJobStorage>.Instance;
        Parts = new StorageParts(connectionString, Options, log);
        _installer = new Installer(Parts.Database, log);
        _upkeep = new Upkeep(Parts);
    }

    /// <summary>As they were given, or the defaults.</summary>
    public MySqlJobStorageOptions Options { get; }

    /// <summary>One server holds the truth, and reads go to it.</summary>
    public override bool LinearizableReads => true;

    internal StorageParts Parts { get; }

    internal Upkeep Upkeep => _upkeep;

    /// <summary>Creates the tables or brings them forward, and returns how many steps that took. Processes may call it together.</summary>
    /// <exception cref="SchemaException">The tables are newer than this library, were edited, or the server is too old.</exception>
    public int Migrate() => _installer.Install();

    /// <inheritdoc/>
    public override IStorageConnection GetConnection()
    {
        Prepare();
        return new MySqlStorageConnection(Parts);
    }

    /// <inheritdoc/>
    public override IMonitoringApi GetMonitoringApi()
    {
        Prepare();
        return new MySqlMonitor(Parts);
    }

    /// <inheritdoc/>
    public override bool HasFeature(string featureId)
    {
        ArgumentNullException.ThrowIfNull(featureId);
        return Features.Contains(featureId);
    }

    /// <summary>Expiry, the adding up of counters, and the measuring of queues: every Hangfire server runs them.</summary>
    public override IEnumerable<IBackgroundProcess> GetStorageWideProcesses() =>
    [
        new UpkeepProcess("expiration", Parts, Options.ExpirationInterval, stopping => Prepared(() => _upkeep.Expire(stopping))),
        new UpkeepProcess("counter aggregation", Parts, Options.AggregationInterval, stopping => Prepared(() => _upkeep.Aggregate(stopping))),
        new UpkeepProcess("queue measurement", Parts, Options.AggregationInterval, _ => Prepared(_upkeep.MeasureQueues)),
    ];

    /// <inheritdoc/>
    public override void WriteOptionsToLog(ILog logger) =>
        logger.Info($"{this}: leases of {Options.LeaseDuration}, queues looked at every {Options.QueuePollInterval}");

    /// <summary>Stops the heartbeat and closes the connections: jobs that are still held come back when their leases run out.</summary>
    public void Dispose() => Parts.Dispose();

    /// <summary>The server, its port and the database, without account and password.</summary>
    public override string ToString() => $"MySQL: {Parts.Database.Place}";

    private void Prepared(Action work)
    {
        Prepare();
        work();
    }

    private void Prepare()
    {
        if (_prepared)
            return;
        long asked = Stopwatch.GetTimestamp();
        lock (_preparing)
        {
            if (_prepared)
                return;
            // What one caller found out while others waited holds for them too: they do not each wait for an absent server in turn.
            if (_unprepared.At > asked)
                _unprepared.Why!.Throw();
            try
            {
                if (Options.PrepareSchema)
                    _installer.Install();
                else
                    _installer.Verify();
                _prepared = true;
            }
            catch (Exception error)
            {
                _unprepared = (Stopwatch.GetTimestamp(), ExceptionDispatchInfo.Capture(error));
                throw;
            }
        }
    }
}
