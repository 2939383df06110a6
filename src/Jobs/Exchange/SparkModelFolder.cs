using System.Text.Json;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Spark;

namespace Pipeline.Jobs.Exchange;

/// <summary>What a saved model of Spark says of itself. Of α and λ it says nothing.</summary>
/// <param name="SavedAt">UTC.</param>
internal sealed record SparkModelNote(string Uid, string Version, DateTimeOffset SavedAt, int Rank);

/// <summary>
/// A folder that Spark's <c>ALSModel.save</c> wrote:
/// <code>
/// metadata/part-…                 JSON in one line: class, uid, sparkVersion, timestamp, rank, paramMap
/// itemFactors/part-….parquet      id int32, features list of float32; any number of parts
/// userFactors/part-….parquet      the same of members, which is not read: members are folded in
/// …/_SUCCESS                      the folder's writer has finished
/// </code>
/// Files whose names begin with a dot or an underscore are Hadoop's own (Apache Spark, ml/recommendation/ALS.scala, ALSModelWriter, and ml/util/ReadWrite.scala).
/// </summary>
internal sealed class SparkModelFolder(string path)
{
    private const string ModelClass = "org.apache.spark.ml.recommendation.ALSModel";
    private const string Metadata = "metadata";
    private const string ItemFactors = "itemFactors";

    /// <exception cref="ImportException">There is no such metadata, or it is another class's.</exception>
    public SparkModelNote ReadNote()
    {
        string[] parts = Parts(Metadata, "");
        try
        {
            string line = parts.SelectMany(File.ReadLines).FirstOrDefault(line => line.Length > 0) ?? throw new ImportException($"{Metadata}: it is empty");
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.GetProperty("class").GetString() is var name && name != ModelClass)
                throw new ImportException($"{Metadata}: it is of '{name}', not of {ModelClass}");
            int rank = root.GetProperty("rank").GetInt32();
            return rank is < 1 or > ImplicitAlsParameters.MaxRank
                ? throw new ImportException($"{Metadata}: rank {rank}, expected 1 to {ImplicitAlsParameters.MaxRank}")
                : new SparkModelNote(
                    root.GetProperty("uid").GetString() ?? "", root.GetProperty("sparkVersion").GetString() ?? "",
                    DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("timestamp").GetInt64()), rank);
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException or IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"{Metadata}: it is not what Spark writes of a model: {problem.Message}");
        }
    }

    /// <param name="parameters">With the folder's rank.</param>
    /// <exception cref="ImportException">A part is missing, damaged or of another shape, or has what <paramref name="contents"/> has not.</exception>
    public async Task<SparkAlsModel> ReadAsync(SparkAlsParameters parameters, ExportedContents contents, CancellationToken cancellationToken)
    {
        var titles = new SparkTitles(parameters.Rank, contents);
        foreach (string part in Parts(ItemFactors, ".parquet"))
        {
            await using var table = await ParquetTable.OpenAsync(part, Path.Combine(ItemFactors, Path.GetFileName(part)), cancellationToken);
            var (id, features) = (table.Column<int>("id"), table.ListColumn<float>("features"));
            for (int group = 0; group < table.RowGroups; group++)
            {
                int[] items = await table.ReadAsync<int>(group, id, cancellationToken);
                var lists = await table.ReadListsAsync<float>(group, features, cancellationToken);
                for (int row = 0; row < items.Length; row++)
                    if (titles.Add(items[row], lists[row]) is { } wrong)
                        throw table.Wrong(wrong);
            }
        }
        return titles.Count > 0 ? titles.Build(parameters) : throw new ImportException($"{ItemFactors}: it has no title");
    }

    /// <summary>A folder's parts by name. The first one is always written, also where it is empty; others only where they are not.</summary>
    private string[] Parts(string folder, string ending)
    {
        string whole = Path.Combine(path, folder);
        if (!Directory.Exists(whole))
            throw new ImportException($"{path}: it has no folder '{folder}': expected what Spark's ALSModel.save wrote");
        if (!File.Exists(Path.Combine(whole, "_SUCCESS")))
            throw new ImportException($"{folder}: it has no _SUCCESS: its writer did not finish, or not all of it was copied");
        string[] parts = [.. Directory.EnumerateFiles(whole, "part-*" + ending).Order(StringComparer.Ordinal)];
        return parts.Length == 0 ? throw new ImportException($"{folder}: it has no part-*{ending}")
            : Path.GetFileName(parts[0]).StartsWith("part-00000", StringComparison.Ordinal) ? parts
            : throw new ImportException($"{folder}: part-00000 is missing");
    }
}
