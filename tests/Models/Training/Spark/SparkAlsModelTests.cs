using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Spark;

namespace Pipeline.Models.Tests.Training.Spark;

[Trait("speed", "fast")]
public sealed class SparkAlsModelTests
{
    private const int Titles = 40;
    private const int Rank = 6;

    private static readonly SparkAlsParameters Parameters = new() { Rank = Rank, Alpha = 12, Regularization = 0.07 };

    /// <summary>Shape [titles, rank].</summary>
    private static readonly float[] Features = Draw();

    private static float[] Draw()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, Titles * Rank).Select(_ => (float)(random.NextDouble() - 0.4))];
    }

    /// <summary>Title n has the id 100 − n, so that rows have to be sorted.</summary>
    private static SparkAlsModel Model() => SparkAlsModel.Of(Parameters, [.. Enumerable.Range(0, Titles).Select(n => 100L - n)], Features);

    [Fact]
    public void A_member_is_folded_in_as_spark_solves_them()
    {
        var model = Model();
        (long Title, float R)[] history = [(100, 0.05f), (97, 2.5f), (88, 1f), (75, -0.8f), (70, 0.3f)];
        var scores = Scores(model, history);
        var expected = SparkFactor(history);
        for (var title = 0; title < Titles; title++)
        {
            var score = Enumerable.Range(0, Rank).Sum(n => expected[n] * Features[title * Rank + n]);
            Assert.Equal(score, scores[model.Contents.IndexOf(100 - title)], 1e-4);
        }
    }

    [Fact]
    public void Of_a_member_who_wanted_nothing_nothing_is_concluded()
    {
        Assert.All(Scores(Model(), [(100, -1f), (90, -0.2f)]), score => Assert.Equal(float.NegativeInfinity, score));
        var histories = new SparseMatrix(Titles, [0, 1], [4], [-1f]);
        var block = Assert.Single(Model().Recommend(histories, new TopKOptions(5), ComputeOptions.Default, TestContext.Current.CancellationToken));
        Assert.Empty(block.Items(0).ToArray());
    }

    [Fact]
    public void It_comes_back_from_its_artifact_as_it_was()
    {
        var model = Model();
        var file = new MemoryStream();
        ModelArtifact.Write(file, model, "data");
        file.Position = 0;

        var read = Assert.IsType<SparkAlsModel>(ModelArtifact.Read(file).Model);

        Assert.Equal("spark-als", read.Algorithm);
        Assert.Equal(new Dictionary<string, string> { ["rank"] = "6", ["alpha"] = "12", ["regParam"] = "0.07" }, read.Settings);
        Assert.Equal(model.Contents.Ids, read.Contents.Ids);
        Assert.Equal(Scores(model, [(97, 1f), (75, 2f)]), Scores(read, [(97, 1f), (75, 2f)]));
    }

    [Fact]
    public void What_cannot_be_a_model_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SparkAlsModel.Of(Parameters, [1, 1], new float[2 * Rank]));
        Assert.Throws<ArgumentException>(() => SparkAlsModel.Of(Parameters, [1, 2], new float[Rank]));
        var problem = Assert.Throws<AlgorithmSettingException>(() => SparkAlsModel.Of(Parameters with { Regularization = 0 }, [1], new float[Rank]));
        Assert.Equal("regParam=0: expected a number above 0.", problem.Message);
    }

    private static float[] Scores(SparkAlsModel model, (long Title, float R)[] history)
    {
        var rows = history.Select(one => (Column: model.Contents.IndexOf(one.Title), one.R)).OrderBy(one => one.Column).ToArray();
        var scores = new float[Titles];
        ((IScoringModel)model).CreateScorer(ComputeOptions.Default, TestContext.Current.CancellationToken)
            .Score([.. rows.Select(one => one.Column)], [.. rows.Select(one => one.R)], scores);
        return scores;
    }

    /// <summary>
    /// The minimum of Σ c (p − ⟨x, y⟩)² + λ n ‖x‖² over all titles, c = 1 + α|r|, in double precision by Gauss and Jordan.
    /// </summary>
    private static double[] SparkFactor((long Title, float R)[] history)
    {
        var r = history.ToDictionary(one => (int)(100 - one.Title), one => (double)one.R);
        var system = new double[Rank, Rank + 1];
        for (var title = 0; title < Titles; title++)
        {
            var known = r.GetValueOrDefault(title);
            double confidence = 1 + Parameters.Alpha * Math.Abs(known), preference = known > 0 ? 1 : 0;
            for (var row = 0; row < Rank; row++)
            {
                var y = (double)Features[title * Rank + row];
                for (var column = 0; column < Rank; column++)
                    system[row, column] += confidence * y * Features[title * Rank + column];
                system[row, Rank] += confidence * preference * y;
            }
        }
        for (var n = 0; n < Rank; n++)
            system[n, n] += Parameters.Regularization * r.Values.Count(value => value > 0);
        for (var pivot = 0; pivot < Rank; pivot++)
        {
            for (var row = 0; row < Rank; row++)
            {
                var share = row == pivot ? 0 : system[row, pivot] / system[pivot, pivot];
                for (var column = 0; column <= Rank; column++)
                    system[row, column] -= share * system[pivot, column];
            }
        }
        return [.. Enumerable.Range(0, Rank).Select(n => system[n, Rank] / system[n, n])];
    }
}
