using Microsoft.Extensions.Logging;
using Pipeline.JobStorage.Data;
using Pipeline.JobStorage.Jobs;
using Pipeline.JobStorage.Locks;
using Pipeline.JobStorage.Queues;

namespace Pipeline.JobStorage;

/// <summary>What the connections of one storage share.</summary>
internal sealed class StorageParts : IDisposable
{
    public StorageParts(string connectionString, MySqlJobStorageOptions options, ILogger log)
    {
        Database = new Database(connectionString, options, log);
        Options = options;
        Log = log;
        Ids = new JobIds(Database);
        Keeper = new LeaseKeeper(Database.ForHeartbeat(connectionString, options, log), options, log);
        Locks = new LockDesk(this);
        Fetch = new Fetch(this);
    }

    public Database Database { get; }

    public MySqlJobStorageOptions Options { get; }

    public ILogger Log { get; }

    public Owner Owner { get; } = new();

    public QueueSignals Signals { get; } = new();

    public JobIds Ids { get; }

    public LeaseKeeper Keeper { get; }

    public LockDesk Locks { get; }

    public Fetch Fetch { get; }

    public void Dispose()
    {
        Keeper.Dispose();
        Database.Dispose();
    }
}
