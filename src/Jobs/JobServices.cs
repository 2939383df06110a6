using MongoDB.Driver;
using Pipeline.Dashboard;
using Pipeline.JobStorage;
using Pipeline.Jobs.Erasure;
using Pipeline.Jobs.Popularity;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Rights;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Schedules;
using Pipeline.Jobs.Training;
using Pipeline.Storage;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Alarms;
using Pipeline.Storage.MySql.Audit;
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

namespace Pipeline.Jobs;

/// <summary>Everything that the host and the commands are made of.</summary>
internal static class JobServices
{
    /// <summary>How long a silent worker keeps a trigger. Triggers of a dead one come back after this, less the time since it last renewed it: six seconds at most.</summary>
    private static readonly TimeSpan QueueLease = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a silent worker keeps a run. It is over before the trigger comes back: whoever gets that finds the run free, and does not
    /// take it for one that is still going on.
    /// </summary>
    private static readonly TimeSpan RunLease = TimeSpan.FromSeconds(40);

    /// <summary>Registers the stores, the publication and the jobs. Servers are contacted when a service is first asked for.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, Addresses addresses, JobsSettings settings)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(settings);

        services.AddSingleton(provider => new Database(addresses.MySql, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Database>>()));
        services.AddSingleton(provider => new Schema(provider.GetRequiredService<Database>(), Schema.Embedded, provider.GetRequiredService<ILogger<Schema>>()));
        services.AddSingleton(provider => new MySqlJobStorage(
            addresses.MySql, new MySqlJobStorageOptions { LeaseDuration = QueueLease }, provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<RunStore>();
        services.AddSingleton<RunHistory>();
        services.AddSingleton<RunRetention>();
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton<ScheduleDesk>();
        services.AddSingleton<AlarmStore>();
        services.AddSingleton<AlarmDesk>();
        services.AddSingleton(provider => new GenerationStore(provider.GetRequiredService<Database>()) { Audit = AuditIfAny(provider) });
        services.AddSingleton<GenerationHistory>();
        services.AddSingleton<GenerationPruning>();
        services.AddSingleton<PopularityStore>();
        services.AddSingleton<PopularityHistory>();
        services.AddSingleton<ModelStore>();
        services.AddSingleton<ModelHistory>();
        services.AddSingleton<ModelNotes>();
        services.AddSingleton<TitleNames>();
        services.AddSingleton<TitleStore>();
        services.AddSingleton<RightsStore>();
        services.AddSingleton<RightsReader>();
        services.AddSingleton(provider => ServingCache.Connect(
            addresses.Redis, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ServingCache>>()));
        services.AddSingleton(_ => DocumentDatabase.Open(addresses.Mongo));
        services.AddSingleton(provider => new MongoEventStore(provider.GetRequiredService<IMongoDatabase>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Tombstones(
            provider.GetRequiredService<IMongoDatabase>(), ErasureKey.Read(settings.ErasureKeyFile), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IErasedMembers>(provider => provider.GetRequiredService<Tombstones>());
        services.AddSingleton<IEventStore>(provider => new ErasureGuard(provider.GetRequiredService<MongoEventStore>(), provider.GetRequiredService<IErasedMembers>()));
        services.AddSingleton<ErasureStore>();
        services.AddSingleton<ErasureDesk>();
        services.AddSingleton<RefusedEventDesk>();
        services.AddSingleton<RecommendationReader>();

        services.AddSingleton<Withdrawal>();
        services.AddSingleton<CacheFiller>();
        services.AddSingleton<GenerationPruner>();
        services.AddSingleton<Publisher>();
        services.AddSingleton<Reconciler>();

        services.AddSingleton(provider => new RunLedger(
            provider.GetRequiredService<RunStore>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RunLedger>>())
        {
            Lease = RunLease,
        });
        services.AddSingleton<JobPlans>();
        services.AddSingleton<PopularKeys>();
        services.AddSingleton<IJob, PopularityJob>();
        services.AddSingleton<PopularityHourJob>();
        services.AddSingleton<IJob>(provider => provider.GetRequiredService<PopularityHourJob>());
        services.AddSingleton<IJob, PopularityBackfillJob>();
        services.AddSingleton<IJob, TrainRecommendationsJob>();
        services.AddSingleton<IJob, PromoteModelJob>();
        services.AddSingleton<IJob, RollBackJob>();
        // The desk writes the audit, whose key only the host and the commands about operators need.
        services.AddSingleton(provider => new Lazy<ErasureDesk>(provider.GetRequiredService<ErasureDesk>));
        services.AddSingleton<IJob, EraseMemberJob>();
        services.AddSingleton<JobCatalogue>();

        services.AddOperators(settings.Dashboard with { Kafka = addresses.KafkaIfGiven });
        return services;
    }

    /// <summary>The audit; null where there is no key for one, and so no dashboard either.</summary>
    public static AuditTrail? AuditIfAny(IServiceProvider provider) =>
        DashboardKey.Read(provider.GetRequiredService<DashboardSettings>().KeyFile) is null ? null : provider.GetRequiredService<AuditTrail>();
}
