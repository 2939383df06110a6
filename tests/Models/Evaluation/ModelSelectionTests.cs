using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class ModelSelectionTests
{
    private static readonly ModelCandidate Learning = new("learning", new ImplicitAlsTrainer(new ImplicitAlsParameters { Rank = 8, Iterations = 8 }));
    private static readonly ModelCandidate Lazy = new("lazy", new ImplicitAlsTrainer(new ImplicitAlsParameters { Rank = 1, Iterations = 1 }));
    private static readonly ModelCandidate Popular = new("popularity", new PopularityTrainer());

    [Fact]
    public void The_best_on_the_validation_members_wins_and_the_table_says_by_how_much()
    {
        var told = new List<string>();
        var report = Select([Lazy, Popular, Learning], (name, _) => told.Add(name));

        Assert.Equal("learning", report.Winner);
        Assert.Equal("learning", report.Rows[0].Name);
        Assert.Null(report.Rows[0].Difference);
        Assert.All(report.Rows.Skip(1), row => Assert.True(row.Difference!.Difference > 0));
        Assert.StartsWith("learning has the highest ndcg@20", report.Why, StringComparison.Ordinal);
        Assert.Contains("over lazy", report.Why, StringComparison.Ordinal);
        Assert.Equal(["lazy", "popularity", "learning"], told);
        Assert.True(double.Parse(report.Rows[0].Settings["lambda"], System.Globalization.CultureInfo.InvariantCulture) > 0, "the λ that was chosen is told");
    }

    public static TheoryData<Exception> Breakages => 
    [
        new AlgorithmSettingException("ease needs 47.7 GiB"), new ArgumentException("nothing can be held out"), new ArithmeticException("not positive definite"),
        new OutOfMemoryException("no room"),
    ];

    [Theory]
    [MemberData(nameof(Breakages))]
    public void A_candidate_that_cannot_be_trained_is_a_row_with_its_reason(Exception breakage)
    {
        var broken = new ModelCandidate("broken", new BrokenTrainer(breakage));
        var report = Select([broken, Learning], null);
        Assert.Equal("learning", report.Winner);
        Assert.Equal(("broken", breakage.Message), (report.Rows[^1].Name, report.Rows[^1].Failure));
        Assert.Contains($"broken: {breakage.Message}", Assert.Throws<EvaluationException>(() => Select([broken], null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blend_is_one_of_those_first_stages_that_fit()
    {
        // No catalogue fits so little memory, and nothing is known of the titles.
        var tooLarge = new ModelCandidate("ease", Trainers.Create("ease", [new("max-memory", "1e-6")]));
        var blend = new ModelCandidate("blend", Trainers.Create("blend", [new("models", "ease,ials,content,item-knn"), new("ease.max-memory", "1e-6"), new("ials.rank", "8")]));
        var none = new ModelCandidate("none", Trainers.Create("ranker", [new("models", "ease,content"), new("ease.max-memory", "1e-6")]));
        var report = Select([tooLarge, blend, none, Lazy], null);
        var rows = report.Rows.ToDictionary(row => row.Name);

        Assert.Equal("blend", report.Winner);
        Assert.Equal("ials,item-knn", rows["blend"].Settings["models"]);
        Assert.DoesNotContain(rows["blend"].Settings.Keys, name => name.StartsWith("ease.", StringComparison.Ordinal));
        Assert.StartsWith("ease needs", rows["ease"].Failure, StringComparison.Ordinal);
        Assert.StartsWith("No first stage can be trained: ease: ease needs", rows["none"].Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Popularity_is_measured_and_never_picked()
    {
        var report = Select([Popular, Lazy], null);
        Assert.Equal("lazy", report.Winner);
        Assert.Equal(2, report.Rows.Count);
    }

    private static SelectionReport Select(ModelCandidate[] candidates, Action<string, double>? progress)
    {
        var validation = FrozenMembers.Split(Generated.PlantedInTime(users: 500, contents: 150), 0.2, 0.4);
        return new ModelSelection(validation, seed: 1, ComputeOptions.Default, TimeProvider.System).Run(candidates, progress, TestContext.Current.CancellationToken);
    }

    private sealed class BrokenTrainer(Exception breakage) : ITrainer
    {
        public string Algorithm => "broken";

        public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

        public IRecommender Train(InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken) =>
            throw breakage;
    }
}
