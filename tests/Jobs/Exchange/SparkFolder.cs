using Parquet;
using Parquet.Schema;

namespace Pipeline.Jobs.Tests.Exchange;

/// <summary>Writes what Spark's <c>ALSModel.save</c> does, file by file and column by column.</summary>
internal static class SparkFolder
{
    public const string ModelClass = "org.apache.spark.ml.recommendation.ALSModel";

    /// <summary>Lists as Spark has written them since version 2: nobody's value is missing.</summary>
    public static readonly Field Features = new ListField("features", new DataField<float>("element", nullable: false));

    /// <summary>As it writes them with <c>spark.sql.parquet.writeLegacyFormat</c>, and where a value may be missing.</summary>
    public static readonly Field LegacyFeatures = new ListField("features", new DataField<float>("array_element", nullable: true), "bag");

    public static void WriteMetadata(string folder, int rank, string className = ModelClass) => WriteText(
        folder, "metadata", $$$"""{"class":"{{{className}}}","timestamp":1764201600000,"sparkVersion":"3.5.7","uid":"ALS_2c1f","paramMap":{"userCol":"user","itemCol":"item"},"defaultParamMap":{"predictionCol":"prediction","coldStartStrategy":"nan","blockSize":4096},"rank":{{{rank}}}}""");

    public static void WriteText(string folder, string name, string line)
    {
        string whole = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        File.WriteAllText(Path.Combine(whole, "part-00000"), line + "\n");
        Finish(whole);
    }

    /// <summary>Titles in so many parts, as Spark's blocks are, and the files that Hadoop puts beside them.</summary>
    public static async Task WriteFactorsAsync(string folder, IReadOnlyDictionary<int, float[]> factors, int parts = 2, Field? features = null)
    {
        string whole = Directory.CreateDirectory(Path.Combine(folder, "itemFactors")).FullName;
        for (int part = 0; part < parts; part++)
            await WritePartAsync(whole, part, [.. factors.Where(factor => factor.Key % parts == part).Select(factor => (factor.Key, factor.Value))], features ?? Features);
        Finish(whole);
    }

    public static async Task WritePartAsync(string folder, int part, IReadOnlyList<(int Id, float[] Features)> rows, Field features)
    {
        string name = $"part-{part:D5}-5f0c2a34-9d51-4c3e-8a70-3b8f6f1d2e11-c000.snappy.parquet";
        var schema = new ParquetSchema(new DataField<int>("id", nullable: false), features);
        await using var file = File.Create(Path.Combine(folder, name));
        await using (var writer = await ParquetWriter.CreateAsync(schema, file, new ParquetOptions { CompressionMethod = CompressionMethod.Snappy }))
        {
            using var group = writer.CreateRowGroup();
            var column = schema.DataFields[1];
            float[] values = [.. rows.SelectMany(row => row.Features)];
            await group.WriteAsync<int>(schema.DataFields[0], rows.Select(row => row.Id).ToArray());
            // A list without values has one level of each kind all the same: it is there, and nothing in it.
            await group.WriteAllPartsAsync<float>(
                column, values,
                rows.SelectMany(row => row.Features.Length == 0 ? [1] : Enumerable.Repeat(column.MaxDefinitionLevel, row.Features.Length)).ToArray(),
                rows.SelectMany(row => row.Features.Length == 0 ? [0] : row.Features.Select((_, n) => Math.Min(n, 1))).ToArray(), CancellationToken.None);
            group.CompleteValidate();
        }
        await File.WriteAllTextAsync(Path.Combine(folder, $".{name}.crc"), "crc");
    }

    private static void Finish(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "_SUCCESS"), "");
        File.WriteAllText(Path.Combine(folder, "._SUCCESS.crc"), "crc");
    }
}
