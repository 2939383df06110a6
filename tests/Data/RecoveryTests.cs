using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Generator.Tests;

/// <summary>What is planted is found again by those who never see it: from who watched what alone, or from what is known of the titles.</summary>
[Trait("speed", "fast")]
public sealed class RecoveryTests
{
    private const int ListLength = 20;

    /// <summary>Affinity is about 0 over all pairs, and above 2 for the few that a member would choose.</summary>
    private const double Gain = 1.5;

    private static readonly World World = Sample.World;

    private static readonly InteractionMatrix Watched = Interactions();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ials")]
    [InlineData("ease")]
    [InlineData("item-knn")]
    [InlineData("content")]
    public void Lists_hold_what_their_members_like(string algorithm)
    {
        var trainer = Trainers.Create(algorithm, []);
        if (trainer is ITitleTrainer reader)
            trainer = reader.With(new Catalogue());
        var byTaste = MeanAffinity(trainer);
        var byPopularity = MeanAffinity(Trainers.Create("popularity", []));
        Assert.True(byTaste > byPopularity + Gain, $"{byTaste:F2} against {byPopularity:F2}");
    }

    private static double MeanAffinity(ITrainer trainer)
    {
        var model = trainer.Train(Watched, ComputeOptions.Default, null, Cancellation);
        double sum = 0;
        var count = 0;
        foreach (var block in model.Recommend(Watched.ByUser, new TopKOptions(ListLength), ComputeOptions.Default, Cancellation))
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                var user = Watched.Users[block.FirstRow + row];
                foreach (var item in block.Items(row))
                {
                    sum += World.Affinity(user, Watched.Contents[item]);
                    count++;
                }
            }
        }
        return sum / count;
    }

    private static InteractionMatrix Interactions()
    {
        var pairs = Sample.Lines
            .Where(line => line.Kind == LineKind.Event && line.WatchedSeconds > 0)
            .Select(line => ((long)line.Member.UserId, (long)line.Title!.ContentId)).Distinct().ToArray();
        return InteractionMatrix.FromColumns([.. pairs.Select(pair => pair.Item1)], [.. pairs.Select(pair => pair.Item2)], [.. pairs.Select(_ => 1f)], []);
    }

    private sealed class Catalogue : ITitleCatalogue
    {
        public TitleMetadata? Find(long contentId)
        {
            var title = World.Titles[contentId - World.FirstContentId];
            return new TitleMetadata { Genres = title.Genres, Tags = [title.Language] };
        }
    }
}
