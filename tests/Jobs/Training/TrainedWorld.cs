using Pipeline.Jobs.Runs;

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

    private protected Task<RunReport> TrainAsync(WatchedWorld world, params string[] settings) => Stores.TrainAsync(world, Artifacts, settings);

    private protected Task<RunReport> PromoteAsync(WatchedWorld world, double model) => Stores.PromoteAsync(world, model);
}
