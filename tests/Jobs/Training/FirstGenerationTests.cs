using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Storage.MySql.Generations;

namespace Pipeline.Jobs.Tests.Training;

/// <summary>What readers get where nothing is served yet.</summary>
[Trait("speed", "server")]
public sealed class FirstGenerationTests : TrainedWorld
{
    [Fact]
    public async Task Where_nothing_is_served_the_best_there_is_makes_the_first_generation_and_the_next_must_beat_popularity()
    {
        var world = await WatchedWorld.WithoutTastesAsync(members: 300, titles: 60);
        var first = await TrainAsync(world);

        Assert.Equal((RunEnd.Succeeded, (string?)null, 1.0), (first.End, first.Reason, first.Metrics["promoted"]));
        var model = await Stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled);
        Assert.Equal((first.Metrics["model"], "published"), ((double)model!.ModelId, model.State));
        var gate = TrainingReport.FromJson(model.Report!).Gate;
        Assert.StartsWith("first generation: published although popularity: not better", gate.Reason, StringComparison.Ordinal);
        Assert.Contains(gate.Checks, check => check is { Name: "popularity", Passed: false });

        var second = await TrainAsync(world, "algorithm=ials");

        Assert.Equal((RunEnd.Succeeded, 0.0), (second.End, second.Metrics["promoted"]));
        Assert.Equal(model.ModelId, (await Stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);
        var rejected = await Stores.Models.FindAsync((long)second.Metrics["model"], Cancelled);
        Assert.Equal(("rejected", true), (rejected!.State, File.Exists(rejected.ArtifactPath)));
        Assert.StartsWith("popularity: not better", TrainingReport.FromJson(rejected.Report!).Gate.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_behind_popularity_leaves_the_first_generation_to_popularity()
    {
        var report = await TrainAsync(await WatchedWorld.WithoutTastesAsync(members: 300, titles: 60), "algorithm=ials", "rank=1", "iterations=1", "lambda=100000");

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        Assert.Equal("popularity", (await Stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.Algorithm);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(12)]
    public async Task A_world_of_a_few_members_gets_its_first_generation(int members)
    {
        var world = new WatchedWorld();
        for (int member = 1; member <= members; member++)
            world.Watch(member, 1 + (member % 4), 5_000, TimeSpan.FromMinutes(member));
        await world.StoreAsync();

        var report = await TrainAsync(world);

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        Assert.NotEmpty((await Stores.Reader.ReadAsync(1, "KR", Cancelled)).Items);
    }
}
