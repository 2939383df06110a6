using Parquet;
using Parquet.Schema;
using Pipeline.Jobs.Exchange;
using Pipeline.Models.Features;

namespace Pipeline.Jobs.Tests.Exchange;

/// <summary>Folders that are not what Spark writes, or not of our export.</summary>
[Trait("speed", "fast")]
public sealed class SparkModelFolderTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-spark-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Export => Path.Combine(_folder, "export");

    private string Model => Path.Combine(_folder, "model");

    /// <summary>Ten titles, with the ids 101 to 110.</summary>
    public async ValueTask InitializeAsync()
    {
        long[] titles = [.. Enumerable.Range(101, 10)];
        var data = InteractionMatrix.FromColumns([1, 1, 1, 1, 1, 2, 2, 2, 2, 2], titles, [], []);
        var files = new InteractionFiles(data, new ExportNote(data.Digest, 0.2, DateTime.UnixEpoch));
        await new ExportFolder(Export, false, "a-test").WriteAsync([("contents.parquet", stream => files.WriteContentsAsync(stream, Cancelled))], Cancelled);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Titles_come_back_by_their_own_ids_however_many_parts_there_are(int parts, bool legacy)
    {
        var factors = ((int[])[0, 3, 4, 9]).ToDictionary(item => item, item => new float[] { item, -1, 0.25f, 1e-20f });
        SparkFolder.WriteMetadata(Model, rank: 4);
        await SparkFolder.WriteFactorsAsync(Model, factors, parts, legacy ? SparkFolder.LegacyFeatures : SparkFolder.Features);

        var (model, note, _) = await ExchangeWorld.ReadModelAsync(Model, Export);

        Assert.Equal(new SparkModelNote("ALS_2c1f", "3.5.7", new DateTimeOffset(2025, 11, 27, 0, 0, 0, TimeSpan.Zero), 4), note);
        Assert.Equal([101, 104, 105, 110], model.Contents.Ids);
        foreach (var (item, features) in factors)
            Assert.Equal(features, model.Items[model.Contents.IndexOf(101 + item)]);
    }

    public static TheoryData<string, string> Wrongs => new()
    {
        { "class", "metadata: it is of 'org.apache.spark.ml.feature.Word2VecModel', not of org.apache.spark.ml.recommendation.ALSModel" },
        { "json", "metadata: it is not what Spark writes of a model" },
        { "no metadata", "it has no folder 'metadata': expected what Spark's ALSModel.save wrote" },
        { "no factors", "it has no folder 'itemFactors'" },
        { "unfinished", "itemFactors: it has no _SUCCESS: its writer did not finish, or not all of it was copied" },
        { "no part", "itemFactors: it has no part-*.parquet" },
        { "part", "itemFactors: part-00000 is missing" },
        { "empty", "itemFactors: it has no title" },
        { "rank", "item 2 has 3 features, the model's rank is 4" },
        { "other rank", "item 0 has 4 features, the model's rank is 5" },
        { "unknown", "item 77777 is not in contents.parquet: the model was trained on another export" },
        { "twice", "item 2 is there twice" },
        { "nan", "item 2 has features that are no numbers" },
        { "infinite", "item 2 has features that are no numbers" },
        { "missing", "its column 'features' has rows without a value" },
        { "no id", "its column 'id' has rows without a value" },
        { "ids", "its column 'id' is not of type int32" },
        { "doubles", "its column 'features' is no list of float" },
        { "column", "it has no column 'features'" },
        { "damaged", "it cannot be read as Parquet" },
        { "contents", "contents.parquet: it does not say what was set aside for the gate: expected the contents.parquet that 'export' wrote, untouched" },
    };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task What_cannot_be_taken_over_is_refused_by_name(string wrong, string said)
    {
        var factors = Enumerable.Range(0, 6).ToDictionary(item => item, item => new float[] { item, 1, 2, 3 });
        SparkFolder.WriteMetadata(Model, rank: 4);
        await SparkFolder.WriteFactorsAsync(Model, factors);
        string items = Path.Combine(Model, "itemFactors");
        await SpoilAsync(wrong, items);

        var problem = await Assert.ThrowsAsync<ImportException>(() => ExchangeWorld.ReadModelAsync(Model, Export));

        Assert.Contains(said, problem.Message);
    }

    private async Task SpoilAsync(string wrong, string items)
    {
        string first = Directory.GetFiles(items, "part-00000*").Single();
        float[] good = [1, 2, 3, 4];
        switch (wrong)
        {
            case "class": SparkFolder.WriteMetadata(Model, 4, "org.apache.spark.ml.feature.Word2VecModel"); break;
            case "json": SparkFolder.WriteText(Model, "metadata", "{\"class\":"); break;
            case "no metadata": Directory.Delete(Path.Combine(Model, "metadata"), recursive: true); break;
            case "no factors": Directory.Delete(items, recursive: true); break;
            case "unfinished": File.Delete(Path.Combine(items, "_SUCCESS")); break;
            case "no part": Array.ForEach(Directory.GetFiles(items, "part-*"), File.Delete); break;
            case "part": File.Delete(first); break;
            case "empty": await RewriteAsync([]); break;
            case "rank": await RewriteAsync([(0, good), (2, [1, 2, 3])]); break;
            case "other rank": SparkFolder.WriteMetadata(Model, 5); break;
            case "unknown": await RewriteAsync([(77_777, good)]); break;
            case "twice": await RewriteAsync([(2, good), (2, good)]); break;
            case "nan": await RewriteAsync([(2, [1, float.NaN, 3, 4])]); break;
            case "infinite": await RewriteAsync([(2, [1, 2, 3, float.NegativeInfinity])]); break;
            case "missing": await RewriteAsync([(2, good), (4, [])]); break;
            case "no id": await WriteNothingAsync(first); break;
            case "ids": await WriteOtherAsync(first, new DataField<long>("id", false), new long[] { 1 }); break;
            case "doubles": await WriteOtherAsync(first, new DataField<int>("id", false), new[] { 1 }, new DataField<double>("features", false), new double[] { 1 }); break;
            case "column": await WriteOtherAsync(first, new DataField<int>("id", false), new[] { 1 }); break;
            case "damaged": await File.WriteAllBytesAsync(first, (await File.ReadAllBytesAsync(first, Cancelled))[..^9], Cancelled); break;
            case "contents": await WriteOtherAsync(Path.Combine(Export, "contents.parquet"), new DataField<int>("item", false), new[] { 1 }); break;
            default: Assert.Fail(wrong); break;
        }

        async Task RewriteAsync(IReadOnlyList<(int, float[])> rows)
        {
            Array.ForEach(Directory.GetFiles(items, "*part-*"), File.Delete);
            await SparkFolder.WritePartAsync(items, 0, rows, SparkFolder.Features);
        }
    }

    /// <summary>A row whose id is not there.</summary>
    private static async Task WriteNothingAsync(string path)
    {
        var schema = new ParquetSchema(new DataField<int>("id", nullable: true), SparkFolder.Features);
        await using var file = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(schema, file);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<int>(schema.DataFields[0], new int?[] { null });
        await group.WriteAllPartsAsync<float>(schema.DataFields[1], new float[] { 1, 2, 3, 4 }, new[] { 2, 2, 2, 2 }, new[] { 0, 1, 1, 1 }, CancellationToken.None);
        group.CompleteValidate();
    }

    private static Task WriteOtherAsync<T>(string path, DataField field, T[] values)
        where T : struct => WriteOtherAsync(path, field, values, null, (int[])[]);

    private static async Task WriteOtherAsync<T, TSecond>(string path, DataField first, T[] values, DataField? second, TSecond[] others)
        where T : struct
        where TSecond : struct
    {
        var schema = second is null ? new ParquetSchema(first) : new ParquetSchema(first, second);
        await using var file = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(schema, file);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<T>(first, values);
        if (second is not null)
            await group.WriteAsync<TSecond>(second, others);
        group.CompleteValidate();
    }
}
