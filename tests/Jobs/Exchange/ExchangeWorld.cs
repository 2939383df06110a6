using Pipeline.Jobs.Exchange;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Tests.Training;
using Pipeline.Jobs.Training;
using Pipeline.Models.Training.Spark;
using Pipeline.Storage.Events;

namespace Pipeline.Jobs.Tests.Exchange;

/// <summary>Members of six tastes, on real servers, and a folder to exchange files by.</summary>
internal sealed class ExchangeWorld(JobStores stores, WatchedWorld watched, string folder) : IAsyncDisposable
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public JobStores Stores => stores;

    public string Folder => folder;

    public string Export { get; } = Path.Combine(folder, "export");

    public string Model { get; } = Path.Combine(folder, "model");

    private string Artifacts { get; } = Path.Combine(folder, "artifacts");

    /// <param name="events">A store that gets the events too; null for none.</param>
    public static async Task<ExchangeWorld> CreateAsync(IEventStore? events = null)
    {
        var watched = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30, events);
        // Hints, a look that was broken off, and somebody of whom nothing else is known.
        for (int member = 1; member <= 300; member += 7)
            watched.Show(member, 1 + ((member * 11) % 180));
        for (int member = 2; member <= 300; member += 9)
            watched.Watch(member, 1 + ((member * 17) % 180), 30, TimeSpan.FromHours(2));
        watched.Show(901, 3);
        return new ExchangeWorld(await JobStores.CreateAsync(), await watched.StoreAsync(), Directory.CreateTempSubdirectory("pipeline-exchange-").FullName);
    }

    public async Task<(RunReport Report, ExportSummary? Summary)> ExportAsync(bool replaces = false, params string[] settings)
    {
        var job = new ExportInteractionsJob(watched.Store, replaces) { RowsPerGroup = 1_000 };
        return (await stores.RunAsync(job, ExportInteractionsJob.Read(Export, [WatchedWorld.AsOf, .. settings])), job.Summary);
    }

    /// <summary>Exports, and trains as Spark does.</summary>
    public async Task<IReadOnlyDictionary<int, float[]>> TrainElsewhereAsync(int rank)
    {
        var (report, _) = await ExportAsync();
        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        return PlainSparkAls.Train(await ExportedInteractions.ReadAsync(Export), rank, iterations: 6);
    }

    /// <exception cref="ImportException">As of the command.</exception>
    public static async Task<ImportedModel> ReadModelAsync(string model, string export)
    {
        var contents = await ExportedContents.ReadAsync(Path.Combine(export, "contents.parquet"), Cancelled);
        var source = new SparkModelFolder(model);
        var note = source.ReadNote();
        var parameters = new SparkAlsParameters { Rank = note.Rank, Alpha = PlainSparkAls.Alpha, Regularization = PlainSparkAls.Regularization };
        return new ImportedModel(await source.ReadAsync(parameters, contents, Cancelled), note, contents);
    }

    public async Task<RunReport> ImportAsync()
    {
        var job = new ImportModelJob(
            watched.Store, stores.Titles, stores.RightsReader, stores.Models, stores.Publisher, new JobsSettings { Artifacts = Artifacts }, await ReadModelAsync(Model, Export));
        return await stores.RunAsync(job, ImportModelJob.Read(Model, [WatchedWorld.AsOf]));
    }

    public Task<RunReport> TrainAsync(params string[] settings) => stores.TrainAsync(watched, Artifacts, ["algorithm=ials", .. settings]);

    public Task<RunReport> PromoteAsync(double model) => stores.PromoteAsync(watched, model);

    /// <summary>What a run of the same settings reads.</summary>
    public async Task<MemberHistories> HistoriesAsync()
    {
        var job = new Reading(watched);
        await stores.RunAsync(job, ExportInteractionsJob.Read(Export, [WatchedWorld.AsOf]));
        return job.Histories!;
    }

    public async ValueTask DisposeAsync()
    {
        await stores.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class Reading(WatchedWorld watched) : IJob
    {
        public MemberHistories? Histories { get; private set; }

        public string Name => "reading";

        public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
        {
            Histories = await MemberHistories.ReadAsync(watched.Store, run, cancellationToken);
            return JobOutcome.Done;
        }
    }
}
