using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Training;

/// <summary>What is asked of algorithms that tell members apart, besides <see cref="TrainerSuite"/>.</summary>
public abstract class PersonalTrainerSuite(string algorithm, params string[] settings) : TrainerSuite(algorithm, settings)
{
    protected override bool IsPersonal => true;

    [Fact]
    public void A_member_gets_the_squares_of_their_own_colour_that_they_lack()
    {
        var data = Generated.Checkerboard(Size);
        var model = Train(data);
        foreach (var (user, list) in Lists(model, data.ByUser, k: 3))
        {
            Assert.Equal(3, list.Length);
            foreach (var item in list)
                Assert.Equal(data.Users[user] % 2, data.Contents[item] % 2);
        }
    }

    [Fact]
    public void One_title_is_enough_to_tell_a_taste()
    {
        var data = Generated.Checkerboard(Size);
        var histories = new SparseMatrix(data.Contents.Count, [0, 1, 2], [4, 7], [1, 1]);
        foreach (var (user, list) in Lists(Train(data), histories, k: 3))
            Assert.All(list, item => Assert.Equal(user, data.Contents[item] % 2));
    }

    [Fact]
    public void Planted_tastes_are_found_again_far_above_chance()
    {
        var data = Generated.Planted(users: 400, contents: 100);
        var model = Train(data);
        // A fifth of the titles are of a member's taste, fewer of those that the member lacks.
        var own = Lists(model, data.ByUser, k: 5).SelectMany(pair => pair.List.Select(item => (pair.User, item)))
            .Average(pair => (data.Users[pair.User] - 1000) % 5 == (data.Contents[pair.item] - 50_000) % 5 ? 1.0 : 0.0);
        Assert.True(own > 0.5, $"{own:P0} of what is recommended is of the member's taste.");
    }

    [Fact]
    public void It_finds_what_was_held_out_better_than_popularity_does()
    {
        var (users, contents) = Generated.PlantedPairs(users: 400, contents: 100);
        var split = Protocols.Split(Protocols.StrongGeneralization, InteractionMatrix.FromColumns(users, contents, [], []), seed: 3);
        double Measure(IRecommender model) => Evaluator.Evaluate(model, split, [10], Compute(), Cancellation).Means["ndcg@10"];
        var own = Measure(Train(split.Train));
        var popular = Measure(new PopularityTrainer().Train(split.Train, Compute(), null, Cancellation));
        Assert.True(own > 1.2 * popular, $"{own:F3} against {popular:F3}");
    }
}
