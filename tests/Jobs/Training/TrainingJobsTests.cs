using System.Security.Cryptography;
using Dapper;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Tests.Training;

/// <summary>Training and promotion, from events to what readers see.</summary>
[Trait("speed", "server")]
public sealed class TrainingJobsTests : TrainedWorld
{
    private async Task<(string State, string? Reason, string Path, string Digest)> ModelAsync()
    {
        await using var connection = await Stores.Database.OpenAsync(Cancelled);
        return await connection.QuerySingleAsync<(string, string?, string, string)>("SELECT state, reason, artifact_path, artifact_digest FROM model");
    }

    [Fact]
    public async Task Training_publishes_a_list_for_every_active_member()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        world.Show(member: 901, title: 3);
        world.Watch(member: 902, title: 4, seconds: 5_000, ago: TimeSpan.FromDays(2));
        // Within the skew of clocks that ingest allows.
        world.Watch(member: 903, title: 5, seconds: 5_000, ago: -TimeSpan.FromMinutes(30));
        await world.StoreAsync();

        var report = await TrainAsync(world);

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        Assert.True(report.Metrics["recall@20"] > 1.5 * report.Metrics["popularity recall@20"]);
        long generation = (await Stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled))!.GenerationId;
        Assert.Equal(generation, report.Metrics["generation"]);
        var members = new List<long>();
        await foreach (var list in Stores.Generations.ReadAsync(generation, Cancelled))
        {
            members.Add(list.UserId);
            Assert.Equal(50, list.Items.Count);
            Assert.Equal(list.Items.Select(item => item.ContentId), await Stores.Cache.FindListAsync(generation, list.UserId, Cancelled));
        }
        Assert.Equal([.. Enumerable.Range(1, 300).Select(member => (long)member), 901, 902, 903], members);

        var (state, _, path, digest) = await ModelAsync();
        Assert.Equal("published", state);
        Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, Cancelled))));
    }

    [Fact]
    public async Task A_member_with_one_event_gets_a_list_of_that_taste_and_the_reason_for_it()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        world.Watch(member: 902, title: 40, seconds: 5_000, ago: TimeSpan.FromDays(2));
        await world.StoreAsync();
        await TrainAsync(world);

        var served = await Stores.Reader.ReadAsync(902, "KR", Cancelled);

        Assert.All(served.Items.Take(10), item => Assert.InRange(item.ContentId, 31, 60));
        Assert.Equal(new ListReason("because_you_watched", 40), served.Items[0].Reason);
    }

    [Fact]
    public async Task A_new_title_is_listed_for_those_of_its_kind_from_its_release_where_that_is_asked_for()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        DateOnly end = DateOnly.FromDateTime(WatchedWorld.End);
        await Stores.Titles.WriteAsync(
            [
                .. Enumerable.Range(1, 180).Select(title => Title(title, (title - 1) / 30, end.AddYears(-1))),
                Title(501, 2, end.AddDays(-3)), Title(502, 2, end.AddDays(1)), Title(503, 2, end.AddDays(-30)),
            ], Cancelled);

        var without = await TrainAsync(world, "algorithm=ials");
        Assert.Empty(await ListedAsync(without));

        var with = await TrainAsync(world, "algorithm=ials", "new-title-days=30");
        var listed = await ListedAsync(with);
        // Taste 2 is that of the members whose number leaves 2 when divided by 6.
        Assert.Equal([501], listed.Select(place => place.Title).Distinct());
        var (theirs, others) = (listed.Where(place => place.Member % 6 == 2).ToList(), listed.Where(place => place.Member % 6 != 2).ToList());
        Assert.Equal(50, theirs.Count);
        Assert.True(others.Count < 125, $"{others.Count} of 250 others have it");
        Assert.True(theirs.Average(place => place.Place) < others.Average(place => place.Place) / 2);

        static CatalogTitle Title(long id, int taste, DateOnly released) => new(id, null, $"Number {id}", [$"genre {taste}"], "en", 5_400, released);

        async Task<List<(long Member, long Title, int Place)>> ListedAsync(RunReport report)
        {
            Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
            var places = new List<(long, long, int)>();
            await foreach (var list in Stores.Generations.ReadAsync((long)report.Metrics["generation"], Cancelled))
                places.AddRange(list.Items.Select((item, place) => (list.UserId, item.ContentId, place)).Where(place => place.ContentId > 180));
            return places;
        }
    }

    [Fact]
    public async Task A_worse_model_is_registered_with_the_reason_and_the_champion_makes_the_new_lists()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        var first = await TrainAsync(world);
        world.Watch(member: 902, title: 40, seconds: 5_000, ago: TimeSpan.FromDays(2));
        await world.StoreAsync();

        var second = await TrainAsync(world, "algorithm=ials", "rank=1", "iterations=1");

        Assert.Equal((RunEnd.Succeeded, 0.0), (second.End, second.Metrics["promoted"]));
        Assert.True(second.Metrics["generation"] > first.Metrics["generation"]);
        Assert.Equal(first.Metrics["model"], (await Stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);
        var served = await Stores.Reader.ReadAsync(902, "KR", Cancelled);
        Assert.All(served.Items.Take(10), item => Assert.InRange(item.ContentId, 31, 60));

        var rejected = await Stores.Models.FindAsync((long)second.Metrics["model"], Cancelled);
        Assert.Equal("rejected", rejected!.State);
        var report = TrainingReport.FromJson(rejected.Report!);
        Assert.Equal($"model {first.Metrics["model"]}", report.Gate.Champion!.Name);
        Assert.Contains(report.Gate.Checks, check => check is { Name: "champion", Passed: false });
        Assert.Equal(["ials", "popularity"], report.Selection!.Rows.Select(row => row.Name).Order());
    }

    [Theory]
    [InlineData("iterations=5", 1)]
    [InlineData("max-calibration=0", 0)]
    public async Task A_run_that_is_told_not_to_publish_registers_its_model_with_the_gate_s_report_and_changes_nothing_else(string setting, double passed)
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        var champion = await TrainAsync(world, "algorithm=ials");
        var before = await Stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled);
        Assert.Equal(champion.Metrics["generation"], before!.GenerationId);

        var trial = await TrainAsync(world, "algorithm=ials", "top-k=1", "publish=no", setting);

        Assert.Equal((RunEnd.Succeeded, passed), (trial.End, trial.Metrics["passedGate"]));
        Assert.StartsWith($"model {trial.Metrics["model"]} is registered, not published, as was asked; the gate would", trial.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(trial.Metrics.Keys, metric => metric is "promoted" or "generation" or "lists");
        Assert.Equal(before, await Stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled));
        Assert.Equal(before.GenerationId, await Stores.Cache.ServedGenerationAsync(Cancelled));
        Assert.Equal(50, (await Stores.Reader.ReadAsync(7, "KR", Cancelled)).Items.Count);
        await using var connection = await Stores.Database.OpenAsync(Cancelled);
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM generation"));
        var registered = await Stores.Models.FindAsync((long)trial.Metrics["model"], Cancelled);
        Assert.Equal(passed == 1 ? "registered" : "rejected", registered!.State);
        Assert.Equal(passed == 1, TrainingReport.FromJson(registered.Report!).Gate.Promoted);
        // A person promotes it later, through the gate as everybody has it.
        Assert.Equal((RunEnd.Succeeded, (string?)null), await EndAsync(PromoteAsync(world, trial.Metrics["model"])));
        Assert.Equal((long)trial.Metrics["model"], (await Stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);

        static async Task<(RunEnd, string?)> EndAsync(Task<RunReport> run) => ((await run).End, (await run).Reason);
    }

    [Fact]
    public async Task A_model_of_the_registry_is_promoted_by_hand_through_the_same_gate()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        var first = await TrainAsync(world);
        var second = await TrainAsync(world);
        Assert.Equal((RunEnd.Succeeded, 1.0), (second.End, second.Metrics["promoted"]));

        var again = await PromoteAsync(world, second.Metrics["model"]);
        Assert.Equal((RunEnd.Skipped, $"model {second.Metrics["model"]} is served already"), (again.End, again.Reason));
        var back = await PromoteAsync(world, first.Metrics["model"]);
        Assert.Equal((RunEnd.Succeeded, (string?)null), (back.End, back.Reason));
        Assert.Equal(first.Metrics["model"], (await Stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);
        var missing = await PromoteAsync(world, 99);
        Assert.Equal((RunEnd.Failed, "there is no model 99"), (missing.End, missing.Reason));
    }

    [Fact]
    public async Task A_champion_whose_artifact_is_damaged_is_no_champion()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        await TrainAsync(world);
        await File.AppendAllTextAsync((await ModelAsync()).Path, "x", Cancelled);

        var second = await TrainAsync(world);

        Assert.Equal((RunEnd.Succeeded, 1.0), (second.End, second.Metrics["promoted"]));
        var report = TrainingReport.FromJson((await Stores.Models.FindAsync((long)second.Metrics["model"], Cancelled))!.Report!);
        Assert.Null(report.Gate.Champion);
        Assert.Contains("its digest differs", report.Gate.NoChampion);
    }

    [Fact]
    public async Task The_same_events_and_seed_give_the_same_model()
    {
        await TrainAsync(await WatchedWorld.WithTastesAsync(members: 100, tastes: 4, titlesPerTaste: 20));
        await TrainAsync(await WatchedWorld.WithTastesAsync(members: 100, tastes: 4, titlesPerTaste: 20));

        await using var connection = await Stores.Database.OpenAsync(Cancelled);
        Assert.Single(await connection.QueryAsync<(string, string)>("SELECT DISTINCT data_digest, artifact_digest FROM model"));
    }

    [Fact]
    public async Task Where_nothing_can_be_recommended_training_fails_and_names_what_is_missing()
    {
        var world = new WatchedWorld();
        var empty = await TrainAsync(world);
        Assert.Equal(RunEnd.Failed, empty.End);
        Assert.Contains("there are no events at all", empty.Reason);

        world.Watch(1, 2, 5_000, TimeSpan.FromDays(900));
        await world.StoreAsync();
        var old = await TrainAsync(world);
        Assert.Equal(RunEnd.Failed, old.End);
        Assert.Contains("it looked at 400 days before 2026-11-22 12:00:00Z, and the newest event is of 2024-06-05 12:00:00Z; set as-of", old.Reason);
        Assert.Equal(RunEnd.Succeeded, (await TrainAsync(world, "history-days=10000")).End);

        var later = await TrainAsync(world);
        Assert.Equal(RunEnd.Skipped, later.End);
        Assert.StartsWith("no event in the range says what anybody likes", later.Reason, StringComparison.Ordinal);
    }
}
