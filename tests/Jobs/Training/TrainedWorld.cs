using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Training;

namespace Pipeline.Jobs.Tests.Training;

/// <summary>Stores of a test's own, and the jobs that fill them as the worker runs them.</summary>
public abstract class TrainedWorld : IAsyncLifetime
{
    private protected string Artifacts { get; } = Directory.CreateTempSubdirectory("pipeline-artifacts-").FullName;

    private protected JobStores Stores { get; private set; } = null!;

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Stores = await JobStores.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await Stores.DisposeAsync();
        Directory.Delete(Artifacts, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected Task<RunReport> TrainAsync(WatchedWorld world, params string[] settings) => RunAsync(
        new TrainRecommendationsJob(world.Store, Stores.Titles, Stores.RightsReader, Stores.Models, Stores.Publisher, new JobsSettings { Artifacts = Artifacts }, TimeProvider.System),
        ["as-of=2026-11-22T12:00:00Z", "rank=8", .. settings]);

    private protected Task<RunReport> PromoteAsync(WatchedWorld world, double model) => RunAsync(
        new PromoteModelJob(world.Store, Stores.Titles, Stores.RightsReader, Stores.Models, Stores.Publisher), "as-of=2026-11-22T12:00:00Z", FormattableString.Invariant($"model={model}"));

    private protected Task<RunReport> RunAsync(IJob job, params string[] settings) =>
        Stores.Ledger().RunAsync(job, JobCatalogue.Read(job.Name, settings), new RunOrder(null, "a test", _ => { }), Cancelled);
}
