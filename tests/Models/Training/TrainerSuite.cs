using System.Runtime.InteropServices;
using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Training;

/// <summary>Questions that every algorithm has to answer rightly. Each has a class of a few lines that names it.</summary>
/// <param name="settings">So that it trains in moments on small data.</param>
public abstract class TrainerSuite(string algorithm, params string[] settings)
{
    protected const int Size = 40;

    /// <summary>False for algorithms that give everybody the same ranking, also those of whom nothing is known.</summary>
    protected virtual bool IsPersonal => false;

    /// <summary>Trains on the data of the suite; overridden by those that need more than interactions.</summary>
    protected virtual ITrainer Create(params string[] more) => Trainers.Create(algorithm, Pairs([.. settings, .. more]));

    protected static IEnumerable<KeyValuePair<string, string>> Pairs(IEnumerable<string> settings) =>
        settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]));

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Nobody_is_recommended_what_they_have_or_what_is_excluded()
    {
        var data = Generated.WithConfidences(users: 80, contents: 50);
        var model = Train(data);
        var excluded = new HashSet<int> { 1, 3, 30 };
        foreach (var block in model.Recommend(data.ByUser, new TopKOptions(50, excluded), Compute(), Cancellation))
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                var list = block.Items(row).ToArray();
                Assert.Equal(list.Length, list.Distinct().Count());
                Assert.DoesNotContain(list, item => excluded.Contains(item));
                Assert.DoesNotContain(list, item => data.ByUser.Columns(block.FirstRow + row).Contains(item));
                Assert.Equal(block.Scores(row).ToArray().OrderDescending(), block.Scores(row).ToArray());
                Assert.DoesNotContain(block.Scores(row).ToArray(), score => !float.IsFinite(score));
            }
        }
    }

    [Fact]
    public void Threads_and_vector_width_do_not_change_a_byte()
    {
        var data = Generated.WithConfidences(users: 120, contents: 70);
        var expected = Written(Create().Train(data, Compute(1, VectorWidth.Scalar), null, Cancellation));
        var lists = AllScores(ModelArtifact.Read(new MemoryStream(expected)).Model, data.ByUser, Compute(1, VectorWidth.Scalar));
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            foreach (var threads in new[] { 1, 2 })
            {
                var model = Create().Train(data, Compute(threads, width), null, Cancellation);
                Assert.Equal(expected, Written(model));
                Assert.Equal(lists, AllScores(model, data.ByUser, Compute(threads, width)));
            }
        }
    }

    [Fact]
    public void A_history_of_one_title_is_enough_for_a_list_and_one_of_none_is_not()
    {
        var data = Generated.Checkerboard(Size);
        var model = Train(data);
        // Somebody with one title, nobody's history, and somebody who disliked one title.
        var histories = new SparseMatrix(data.Contents.Count, [0, 1, 1, 2], [4, 4], [1, -1]);
        var lists = Lists(model, histories, k: 5).Select(pair => pair.List).ToArray();
        Assert.NotEmpty(lists[0]);
        Assert.DoesNotContain(4, lists[0]);
        Assert.Equal(IsPersonal, lists[1].Length == 0);
        Assert.Equal(IsPersonal, lists[2].Length == 0);
    }

    [Fact]
    public void A_member_without_a_row_is_served_like_one_with_it()
    {
        var data = Generated.Planted(users: 150, contents: 60);
        var model = Train(data);
        var whole = AllScores(model, data.ByUser, Compute());
        var alone = new SparseMatrix(data.Contents.Count, [0, data.ByUser.RowLength(7)], data.ByUser.Columns(7).ToArray(), data.ByUser.Values(7).ToArray());
        Assert.Equal(whole[7], AllScores(model, alone, Compute()).Single());
    }

    [Fact]
    public void A_model_comes_back_from_its_file_as_it_was()
    {
        var data = Generated.WithConfidences(users: 60, contents: 40);
        var model = Train(data);
        var bytes = Written(model);
        var path = Path.Combine(Path.GetTempPath(), $"suite-{algorithm}-{Environment.ProcessId}.model");
        File.WriteAllBytes(path, bytes);
        try
        {
            using var file = File.OpenRead(path);
            foreach (var stored in new[] { ModelArtifact.Read(new MemoryStream(bytes)), ModelArtifact.Map(file) })
            {
                Assert.Equal("data", stored.DataDigest);
                Assert.Equal(model.Algorithm, stored.Model.Algorithm);
                Assert.Equal(model.Settings, stored.Model.Settings);
                Assert.Equal(AllScores(model, data.ByUser, Compute()), AllScores(stored.Model, data.ByUser, Compute()));
                Assert.Equal(bytes, Written(stored.Model));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_reason_is_a_wanted_title_of_the_history()
    {
        var data = Generated.WithConfidences(users: 60, contents: 40);
        if (Train(data) is not IExplainingRecommender model)
            return;
        var explainer = model.CreateExplainer(Compute(), Cancellation);
        var found = 0;
        foreach (var (user, list) in Lists(model, data.ByUser, k: 5))
        {
            var because = new int[list.Length];
            explainer.Explain(data.ByUser.Columns(user), data.ByUser.Values(user), list, because);
            foreach (var reason in because.Where(reason => reason >= 0))
            {
                var place = data.ByUser.Columns(user).BinarySearch(reason);
                Assert.True(place >= 0 && data.ByUser.Values(user)[place] > 0);
                found++;
            }
        }
        Assert.True(found > 60);
    }

    [Fact]
    public void Cancelling_stops_training_and_ranking()
    {
        var data = Generated.Planted(users: 150, contents: 60);
        var cancelled = new CancellationToken(canceled: true);
        if (IsPersonal)
            Assert.ThrowsAny<OperationCanceledException>(() => Create().Train(data, Compute(), null, cancelled));
        var model = Train(data);
        Assert.ThrowsAny<OperationCanceledException>(() => model.Recommend(data.ByUser, new TopKOptions(5), Compute(), cancelled).Count());
    }

    [Fact]
    public void Nothing_to_train_on_is_an_error()
    {
        var empty = InteractionMatrix.FromColumns([], [], [], []);
        Assert.ThrowsAny<ArgumentException>(() => Create().Train(empty, Compute(), null, Cancellation));
    }

    [Fact]
    public void A_setting_that_does_not_exist_is_named_with_those_that_do()
    {
        var error = Assert.Throws<AlgorithmSettingException>(() => Create("depth-of-field=3"));
        Assert.Contains("'depth-of-field'", error.Message, StringComparison.Ordinal);
        // Settings of an algorithm inside of this one are named by that one.
        foreach (var name in Create().Settings.Keys.Where(name => !name.Contains('.', StringComparison.Ordinal)))
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_does_not_fit_is_answered_with_what_does()
    {
        foreach (var name in Create().Settings.Keys)
        {
            var error = Assert.Throws<AlgorithmSettingException>(() => Create(name + "=no such value"));
            Assert.Contains("expected", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Settings_are_shown_as_they_are_read()
    {
        var shown = Create().Settings;
        Assert.Equal(shown, Create([.. shown.Select(setting => $"{setting.Key}={setting.Value}")]).Settings);
    }

    protected IRecommender Train(InteractionMatrix data) => Create().Train(data, Compute(), null, Cancellation);

    protected static ComputeOptions Compute(int threads = 2, VectorWidth? width = null) =>
        new() { Threads = threads, VectorWidth = width ?? VectorWidths.Widest };

    protected static List<(int User, int[] List)> Lists(IRecommender model, SparseMatrix histories, int k) =>
        [.. model.Recommend(histories, new TopKOptions(k), Compute(), Cancellation)
            .SelectMany(block => Enumerable.Range(0, block.RowCount).Select(row => (block.FirstRow + row, block.Items(row).ToArray())))];

    private static byte[][] AllScores(IRecommender model, SparseMatrix histories, ComputeOptions compute) =>
        [.. model.Recommend(histories, new TopKOptions(histories.ColumnCount), compute, Cancellation)
            .SelectMany(block => Enumerable.Range(0, block.RowCount).Select(row =>
                (byte[])[.. MemoryMarshal.AsBytes(block.Items(row)), .. MemoryMarshal.AsBytes(block.Scores(row))]))];

    private static byte[] Written(IRecommender model)
    {
        var stream = new MemoryStream();
        ModelArtifact.Write(stream, model, "data");
        return stream.ToArray();
    }
}
