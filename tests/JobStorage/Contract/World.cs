using System.Text.Encodings.Web;
using System.Text.Json;
using Hangfire.Storage;

namespace Pipeline.JobStorage.Tests.Contract;

/// <summary>One storage in a comparison. Jobs have different ids in each, so they are spoken of by the order in which they were made.</summary>
internal sealed class World(Hangfire.JobStorage storage) : IDisposable
{
    private static readonly JsonSerializerOptions Text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<string> _ids = [];
    private readonly List<IFetchedJob> _fetched = [];
    private readonly List<IDisposable> _locks = [];

    public JobStorageConnection Connection { get; } = (JobStorageConnection)storage.GetConnection();

    public JobStorageMonitor Monitor { get; } = (JobStorageMonitor)storage.GetMonitoringApi();

    public Hangfire.JobStorage Storage => storage;

    public int Jobs => _ids.Count;

    public int Fetched => _fetched.Count;

    /// <summary>Another worker's.</summary>
    public JobStorageConnection Other { get; } = (JobStorageConnection)storage.GetConnection();

    /// <summary>Locks that were taken, whether or not they have been given back: giving one back twice is nothing.</summary>
    public int Locks => _locks.Count;

    /// <summary>The id here of the job made as the given one; beyond them one that never existed.</summary>
    public string Id(int index) => index < _ids.Count ? _ids[index] : "123456789012";

    public int Made(string id)
    {
        _ids.Add(id);
        return _ids.Count - 1;
    }

    public int Index(string id) => _ids.IndexOf(id);

    public int Fetch(params string[] queues)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var job = Connection.FetchNextJob(queues, patience.Token);
        _fetched.Add(job);
        return Index(job.JobId);
    }

    public IFetchedJob Give(int index)
    {
        var job = _fetched[index];
        _fetched.RemoveAt(index);
        return job;
    }

    public int Lock(JobStorageConnection connection, string resource)
    {
        _locks.Add(connection.AcquireDistributedLock(resource, TimeSpan.Zero));
        return _locks.Count;
    }

    public void Release(int index) => _locks[index].Dispose();

    /// <summary>What an operation answers, or which kind of exception, as text.</summary>
    public string Answer(Func<World, object?> operation)
    {
        try
        {
            return JsonSerializer.Serialize(operation(this), Text);
        }
        catch (ArgumentException error)
        {
            return error is ArgumentNullException or ArgumentOutOfRangeException ? error.GetType().Name : nameof(ArgumentException);
        }
        catch (DistributedLockTimeoutException)
        {
            return "held";
        }
    }

    public void Dispose()
    {
        foreach (var job in _fetched)
            job.Dispose();
        Connection.Dispose();
        Other.Dispose();
    }
}
