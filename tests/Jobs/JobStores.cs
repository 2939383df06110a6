using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Rights;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Schedules;
using Pipeline.Jobs.Tests.Training;
using Pipeline.Jobs.Training;
using Pipeline.Servers;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Erasures;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.MySql.Rights;
using Pipeline.Storage.MySql.Runs;
using Pipeline.Storage.MySql.Schedules;
using Pipeline.Storage.MySql.Titles;
using Pipeline.Storage.Redis;
using Pipeline.Storage.Serving;

namespace Pipeline.Jobs.Tests;

/// <summary>The stores and what is made of them, on given servers.</summary>
public sealed class JobStores : IAsyncDisposable
{
    /// <param name="erased">Null for nobody.</param>
    public JobStores(string mySql, string redis, IErasedMembers? erased = null)
    {
        erased ??= NobodyErased.Instance;
        MySqlAddress = mySql;
        RedisAddress = redis;
        Database = new Database(mySql, TimeProvider.System, NullLogger<Database>.Instance);
        Cache = ServingCache.Connect(redis, TimeProvider.System, NullLogger<ServingCache>.Instance);
        Runs = new RunStore(Database);
        Generations = new GenerationStore(Database);
        Popularity = new PopularityStore(Database);
        History = new PopularityHistory(Database);
        Models = new ModelStore(Database);
        Titles = new TitleStore(Database);
        Rights = new RightsStore(Database);
        RightsReader = new RightsReader(Rights, new JobPlans(new ScheduleStore(Database)));
        Reader = new RecommendationReader(Cache, Generations, Popularity);
        var filler = new CacheFiller(Generations, Cache, erased);
        Pruner = new GenerationPruner(new GenerationPruning(Database), Cache);
        Publisher = new Publisher(Generations, filler, Cache, Pruner, erased, new Withdrawal(erased, new ErasureStore(Database), Cache));
        RollBack = new RollBackJob(Generations, new GenerationHistory(Database), filler, Cache);
        Reconciler = new Reconciler(Generations, new PopularKeys(Popularity, Cache), filler, Cache, NullLogger<Reconciler>.Instance);
    }

    /// <summary>Nobody answers there: for hosts that must know where events are, and are not asked for any.</summary>
    public const string SilentMongo = "mongodb://127.0.0.1:1/none";

    public string MySqlAddress { get; }
    public string RedisAddress { get; }
    public Database Database { get; }
    public ServingCache Cache { get; }
    public RunStore Runs { get; }
    public GenerationStore Generations { get; }
    public PopularityStore Popularity { get; }
    public PopularityHistory History { get; }
    public ModelStore Models { get; }
    public TitleStore Titles { get; }
    public RightsStore Rights { get; }
    public RightsReader RightsReader { get; }
    public RecommendationReader Reader { get; }
    public GenerationPruner Pruner { get; }
    public Publisher Publisher { get; }
    public Reconciler Reconciler { get; }
    public RollBackJob RollBack { get; }

    /// <summary>On a fresh, migrated database and a fresh Redis.</summary>
    public static async Task<JobStores> CreateAsync()
    {
        var stores = new JobStores(await TestServers.MySqlAsync(), await TestServers.RedisAsync());
        await stores.MigrateAsync();
        return stores;
    }

    public Task<int> MigrateAsync() =>
        new Schema(Database, Schema.Embedded, NullLogger<Schema>.Instance).MigrateAsync(TestContext.Current.CancellationToken);

    public RunLedger Ledger(TimeSpan? lease = null) =>
        new(Runs, TimeProvider.System, NullLogger<RunLedger>.Instance) { Lease = lease ?? TimeSpan.FromMinutes(1) };

    /// <summary>Runs a job through the ledger, as a test's.</summary>
    internal Task<RunReport> RunAsync(IJob job, ParameterValues parameters) =>
        Ledger().RunAsync(job, parameters, new RunOrder(null, "a test", _ => { }), TestContext.Current.CancellationToken);

    internal Task<RunReport> RunAsync(IJob job, params string[] settings) => RunAsync(job, JobCatalogue.Read(job.Name, settings));

    /// <summary>Trains at the time at which a <see cref="WatchedWorld"/> ends.</summary>
    internal Task<RunReport> TrainAsync(WatchedWorld world, string artifacts, params string[] settings) => RunAsync(
        new TrainRecommendationsJob(world.Store, Titles, RightsReader, Models, Publisher, new JobsSettings { Artifacts = artifacts }, TimeProvider.System),
        [WatchedWorld.AsOf, "rank=8", .. settings]);

    internal Task<RunReport> PromoteAsync(WatchedWorld world, double model) => RunAsync(
        new PromoteModelJob(world.Store, Titles, RightsReader, Models, Publisher), WatchedWorld.AsOf, FormattableString.Invariant($"model={model}"));

    public async ValueTask DisposeAsync()
    {
        await Cache.DisposeAsync();
        await Database.DisposeAsync();
    }
}
