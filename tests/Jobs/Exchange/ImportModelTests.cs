using Dapper;
using Parquet.Schema;
using Pipeline.Jobs.Exchange;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Jobs.Tests.Exchange;

/// <summary>What another engine has trained, from its folder to what readers see.</summary>
[Trait("speed", "server")]
public sealed class ImportModelTests : IAsyncLifetime
{
    private ExchangeWorld _world = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await ExchangeWorld.CreateAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    public static TheoryData<bool> Forms => [false, true];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_model_of_spark_is_measured_registered_promoted_and_makes_everybodys_list(bool legacy)
    {
        await SaveAsync(await _world.TrainElsewhereAsync(rank: 8), rank: 8, legacy ? SparkFolder.LegacyFeatures : SparkFolder.Features);

        var report = await _world.ImportAsync();

        Assert.Equal(RunEnd.Succeeded, report.End);
        long id = (long)report.Metrics["model"];
        Assert.StartsWith($"model {id} is registered, not published, as was asked; the gate would promote it", report.Reason, StringComparison.Ordinal);
        Assert.True(report.Metrics["recall@20"] > 1.5 * report.Metrics["popularity recall@20"]);
        Assert.Null(await _world.Stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled));
        var model = (await new ModelHistory(_world.Stores.Database).FindAsync(id, Cancelled))!;
        var export = await ExportedContents.ReadAsync(Path.Combine(_world.Export, "contents.parquet"), Cancelled);
        Assert.Equal(("spark-als", "registered", export.Note.Digest), (model.Algorithm, model.State, model.DataDigest));
        Assert.Contains("\"spark.uid\": \"ALS_2c1f\"", model.Parameters);
        Assert.Contains("\"spark-als.alpha\": \"4\"", model.Parameters);
        Assert.Equal(0.2, TrainingReport.FromJson(model.Report!).Gate.HeldOutShare);

        var promoted = await _world.PromoteAsync(id);

        Assert.Equal((RunEnd.Succeeded, (string?)null), (promoted.End, promoted.Reason));
        Assert.Equal(id, (await _world.Stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);
        var members = new List<long>();
        await foreach (var list in _world.Stores.Generations.ReadAsync((long)promoted.Metrics["generation"], Cancelled))
        {
            members.Add(list.UserId);
            Assert.Equal(50, list.Items.Count);
            Assert.Equal(list.Items.Select(item => item.ContentId), await _world.Stores.Cache.FindListAsync((long)promoted.Metrics["generation"], list.UserId, Cancelled));
        }
        // Those whom Spark never saw, because the gate asks them, too.
        Assert.Equal([.. Enumerable.Range(1, 300).Select(member => (long)member), 901], members);
    }

    [Fact]
    public async Task It_stands_the_gate_against_a_champion_of_our_own_training_and_a_broken_one_does_not()
    {
        Assert.Equal(1.0, (await _world.TrainAsync()).Metrics["promoted"]);
        var factors = await _world.TrainElsewhereAsync(rank: 8);
        await SaveAsync(factors, rank: 8);
        var good = await _world.ImportAsync();
        Assert.Contains("the gate would promote it", good.Reason);
        Assert.Equal(RunEnd.Succeeded, (await _world.PromoteAsync(good.Metrics["model"])).End);

        // Every title with another one's factors.
        int[] items = [.. factors.Keys.Order()];
        await SaveAsync(items.Select((item, n) => (item, factors[items[(n * 7) % items.Length]])).ToDictionary(), rank: 8);
        var bad = await _world.ImportAsync();

        Assert.Equal(RunEnd.Succeeded, bad.End);
        Assert.Contains("the gate would not promote it", bad.Reason);
        var refused = await _world.PromoteAsync(bad.Metrics["model"]);
        Assert.Equal(RunEnd.Failed, refused.End);
        Assert.Equal(good.Metrics["model"], (await _world.Stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);
    }

    [Fact]
    public async Task Who_is_erased_between_export_and_import_has_taught_the_model_and_it_is_promoted_no_more()
    {
        var factors = await _world.TrainElsewhereAsync(rank: 4);
        await SaveAsync(factors, rank: 4);
        await using (var connection = await _world.Stores.Database.OpenAsync(Cancelled))
            await connection.ExecuteAsync(
                """
                INSERT INTO erasure (member_digest, requested_by, requested_at, next_try_at, barred_at, events, completed_at)
                VALUES (REPEAT('x', 16), 'ada', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 3, UTC_TIMESTAMP(3))
                """);

        var late = await _world.ImportAsync();

        var refused = await _world.PromoteAsync(late.Metrics["model"]);
        Assert.Equal(
            (RunEnd.Failed, $"model {late.Metrics["model"]} may have learned from a member who was erased since: train another"), (refused.End, refused.Reason));
    }

    private async Task SaveAsync(IReadOnlyDictionary<int, float[]> factors, int rank, Field? features = null)
    {
        if (Directory.Exists(_world.Model))
            Directory.Delete(_world.Model, recursive: true);
        SparkFolder.WriteMetadata(_world.Model, rank);
        await SparkFolder.WriteFactorsAsync(_world.Model, factors, features: features);
    }
}
