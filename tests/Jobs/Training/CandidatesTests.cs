using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Tests.Training;

/// <summary>Which models a night compares, and which of them wins.</summary>
[Trait("speed", "server")]
public sealed class CandidatesTests : TrainedWorld
{
    [Fact]
    public async Task What_titles_are_is_a_candidate_where_the_catalogue_knows_them()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        Assert.DoesNotContain("content", await CandidatesAsync(await TrainAsync(world, "rank=1")));

        await Stores.Titles.WriteAsync(
            [.. Enumerable.Range(1, 180).Select(title => new CatalogTitle(title, null, null, [$"genre {(title - 1) / 30}"], null, null, null))], Cancelled);
        Assert.Contains("content", await CandidatesAsync(await TrainAsync(world, "rank=1")));

        var alone = await TrainAsync(world, "algorithm=content");
        Assert.Equal(["content", "popularity"], await CandidatesAsync(alone));
        var judged = TrainingReport.FromJson((await Stores.Models.FindAsync((long)alone.Metrics["model"], Cancelled))!.Report!);
        Assert.Equal(("genres", "genres"), (judged.Gate.CalibratedOver, judged.Selection!.CalibratedOver));
        Assert.True(alone.Metrics["recall@20"] > 1.5 * alone.Metrics["popularity recall@20"]);

        async Task<string[]> CandidatesAsync(RunReport report)
        {
            var model = await Stores.Models.FindAsync((long)report.Metrics["model"], Cancelled);
            return [.. TrainingReport.FromJson(model!.Report!).Selection!.Rows.Where(row => row.Failure is null).Select(row => row.Name).Order()];
        }
    }

    [Fact]
    public async Task Where_tastes_are_too_many_for_factors_another_algorithm_wins_and_the_gate_lets_it_through()
    {
        var world = await WatchedWorld.WithStoriesAsync(members: 600, stories: 120, storiesPerMember: 6);
        var factors = await TrainAsync(world, "algorithm=ials");
        Assert.Equal((RunEnd.Succeeded, 1.0), (factors.End, factors.Metrics["promoted"]));

        var chosen = await TrainAsync(world);

        Assert.Equal((RunEnd.Succeeded, 1.0), (chosen.End, chosen.Metrics["promoted"]));
        var report = TrainingReport.FromJson((await Stores.Models.FindAsync((long)chosen.Metrics["model"], Cancelled))!.Report!);
        Assert.Contains(report.Selection!.Winner, (string[])["ease", "blend"]);
        Assert.StartsWith($"{report.Selection.Winner} has the highest ndcg@20", report.Selection.Why, StringComparison.Ordinal);
        Assert.True(chosen.Metrics["ndcg@20"] > 1.5 * chosen.Metrics["champion ndcg@20"]);
    }

    [Fact]
    public async Task An_algorithm_that_does_not_fit_costs_the_night_nothing_but_itself()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);

        var report = await TrainAsync(world, "algorithm=ease,blend,content", "settings=ease.max-memory=1e-6,blend.ease.max-memory=1e-6,blend.ials.rank=8", "search=3");

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        var model = await Stores.Models.FindAsync((long)report.Metrics["model"], Cancelled);
        var rows = TrainingReport.FromJson(model!.Report!).Selection!.Rows.ToDictionary(row => row.Name);
        Assert.Equal(["blend", "content", "ease", "popularity"], rows.Keys.Order());
        Assert.StartsWith("ease needs", rows["ease"].Failure);
        Assert.NotNull(rows["content"].Failure);
        Assert.Equal("ials,item-knn", rows["blend"].Settings["models"]);
    }

    [Fact]
    public async Task A_search_adds_what_it_finds_to_the_candidates_and_leaves_no_file()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);

        var report = await TrainAsync(world, "algorithm=ials", "iterations=2", "nu=0.7", "seed=5", "settings=ials.sigma=0.2", "search=3", "diversity=0.2");

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        var model = await Stores.Models.FindAsync((long)report.Metrics["model"], Cancelled);
        var rows = TrainingReport.FromJson(model!.Report!).Selection!.Rows;
        Assert.Equal(["ials", "ials-found", "popularity"], rows.Select(row => row.Name).Order());
        // What was asked for is what was tried, and nothing of it was searched.
        var found = rows.Single(row => row.Name == "ials-found").Settings;
        Assert.Equal(("8", "2", "0.7", "5", "0.2"), (found["rank"], found["iterations"], found["nu"], found["seed"], found["sigma"]));
        Assert.Empty(Directory.GetFiles(Artifacts, "search-*"));
    }

    [Fact]
    public async Task Where_everything_was_asked_for_there_is_nothing_to_search_and_the_night_goes_on()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);

        var report = await TrainAsync(world, "algorithm=ials", "iterations=2", "alpha=0.1", "lambda=0", "nu=1", "search=3");

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        var model = await Stores.Models.FindAsync((long)report.Metrics["model"], Cancelled);
        Assert.Equal(["ials", "popularity"], TrainingReport.FromJson(model!.Report!).Selection!.Rows.Select(row => row.Name).Order());
    }
}
