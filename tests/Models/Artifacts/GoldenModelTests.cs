using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Spark;

namespace Pipeline.Models.Tests.Artifacts;

/// <summary>
/// A file of every algorithm, written once: a program that writes them otherwise reads them all the same, and makes the same lists.
/// </summary>
[Trait("speed", "fast")]
public sealed class GoldenModelTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Artifacts", "golden");

    /// <summary>The first titles of a member who has the titles at 3 and 8, by algorithm.</summary>
    private static Dictionary<string, long[]> Lists => File.ReadLines(Path.Combine(Folder, "lists.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words.Skip(1).Select(long.Parse).ToArray(), StringComparer.Ordinal);

    public static TheoryData<string> Algorithms => [.. Trainers.Algorithms, SparkAlsModel.AlgorithmName];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_golden_model_makes_the_lists_that_it_made(string algorithm)
    {
        var path = Path.Combine(Folder, algorithm + ".model");
        using var file = File.OpenRead(path);
        foreach (var stored in new[] { ModelArtifact.Read(new MemoryStream(File.ReadAllBytes(path))), ModelArtifact.Map(file) })
        {
            Assert.Equal((algorithm, "golden data"), (stored.Model.Algorithm, stored.DataDigest));
            Assert.Equal(Lists[algorithm], ListOf(stored.Model));
        }
    }

    private static long[] ListOf(IRecommender model)
    {
        var history = new SparseMatrix(model.Contents.Count, [0, 2], [3, 8], [1, 1]);
        var block = Assert.Single(model.Recommend(history, new TopKOptions(6), ComputeOptions.Default, TestContext.Current.CancellationToken));
        return [.. block.Items(0).ToArray().Select(item => model.Contents[item])];
    }
}
