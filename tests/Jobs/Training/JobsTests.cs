using System.Security.Cryptography;
using Dapper;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Training;
using Pipeline.Models.Evaluation;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Tests.Training;

/// <summary>Training and promotion, from events to what readers see.</summary>
[Trait("speed", "server")]
public sealed class JobsTests : IAsyncLifetime
{
    private readonly string _artifacts = Directory.CreateTempSubdirectory("pipeline-artifacts-").FullName;
    private JobStores _stores = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stores = await JobStores.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        Directory.Delete(_artifacts, recursive: true);
    }

    private Task<RunReport> TrainAsync(WatchedWorld world, params string[] settings) => RunAsync(
        new TrainRecommendationsJob(world.Store, _stores.Titles, _stores.RightsReader, _stores.Models, _stores.Publisher, new JobsSettings { Artifacts = _artifacts }, TimeProvider.System),
        ["as-of=2026-11-22T12:00:00Z", "rank=8", .. settings]);

    private Task<RunReport> PromoteAsync(WatchedWorld world, double model) => RunAsync(
        new PromoteModelJob(world.Store, _stores.Titles, _stores.RightsReader, _stores.Models, _stores.Publisher), "as-of=2026-11-22T12:00:00Z", FormattableString.Invariant($"model={model}"));

    private Task<RunReport> RunAsync(IJob job, params string[] settings) =>
        _stores.Ledger().RunAsync(job, JobCatalogue.Read(job.Name, settings), new RunOrder(null, "a test", _ => { }), Cancelled);

    private async Task<(string State, string? Reason, string Path, string Digest)> ModelAsync()
    {
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
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
        long generation = (await _stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled))!.GenerationId;
        Assert.Equal(generation, report.Metrics["generation"]);
        var members = new List<long>();
        await foreach (var list in _stores.Generations.ReadAsync(generation, Cancelled))
        {
            members.Add(list.UserId);
            Assert.Equal(50, list.Items.Count);
            Assert.Equal(list.Items.Select(item => item.ContentId), await _stores.Cache.FindListAsync(generation, list.UserId, Cancelled));
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

        var served = await _stores.Reader.ReadAsync(902, "KR", Cancelled);

        Assert.All(served.Items.Take(10), item => Assert.InRange(item.ContentId, 31, 60));
        Assert.Equal(new ListReason("because_you_watched", 40), served.Items[0].Reason);
    }

    [Fact]
    public async Task A_new_title_is_listed_for_those_of_its_kind_from_its_release_where_that_is_asked_for()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        DateOnly end = DateOnly.FromDateTime(WatchedWorld.End);
        await _stores.Titles.WriteAsync(
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
            await foreach (var list in _stores.Generations.ReadAsync((long)report.Metrics["generation"], Cancelled))
                places.AddRange(list.Items.Select((item, place) => (list.UserId, item.ContentId, place)).Where(place => place.ContentId > 180));
            return places;
        }
    }

    [Fact]
    public async Task What_titles_are_is_a_candidate_where_the_catalogue_knows_them()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        Assert.DoesNotContain("content", await CandidatesAsync(await TrainAsync(world, "rank=1")));

        await _stores.Titles.WriteAsync(
            [.. Enumerable.Range(1, 180).Select(title => new CatalogTitle(title, null, null, [$"genre {(title - 1) / 30}"], null, null, null))], Cancelled);
        Assert.Contains("content", await CandidatesAsync(await TrainAsync(world, "rank=1")));

        var alone = await TrainAsync(world, "algorithm=content");
        Assert.Equal(["content", "popularity"], await CandidatesAsync(alone));
        var judged = TrainingReport.FromJson((await _stores.Models.FindAsync((long)alone.Metrics["model"], Cancelled))!.Report!);
        Assert.Equal(("genres", "genres"), (judged.Gate.CalibratedOver, judged.Selection!.CalibratedOver));
        Assert.True(alone.Metrics["recall@20"] > 1.5 * alone.Metrics["popularity recall@20"]);

        async Task<string[]> CandidatesAsync(RunReport report)
        {
            var model = await _stores.Models.FindAsync((long)report.Metrics["model"], Cancelled);
            return [.. TrainingReport.FromJson(model!.Report!).Selection!.Rows.Where(row => row.Failure is null).Select(row => row.Name).Order()];
        }
    }

    [Fact]
    public async Task Where_nothing_is_served_the_best_there_is_makes_the_first_generation_and_the_next_must_beat_popularity()
    {
        var world = await WatchedWorld.WithoutTastesAsync(members: 300, titles: 60);
        var first = await TrainAsync(world);

        Assert.Equal((RunEnd.Succeeded, (string?)null, 1.0), (first.End, first.Reason, first.Metrics["promoted"]));
        var model = await _stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled);
        Assert.Equal((first.Metrics["model"], "published"), ((double)model!.ModelId, model.State));
        var gate = TrainingReport.FromJson(model.Report!).Gate;
        Assert.StartsWith("first generation: published although popularity: not better", gate.Reason, StringComparison.Ordinal);
        Assert.Contains(gate.Checks, check => check is { Name: "popularity", Passed: false });

        var second = await TrainAsync(world, "algorithm=ials");

        Assert.Equal((RunEnd.Succeeded, 0.0), (second.End, second.Metrics["promoted"]));
        Assert.Equal(model.ModelId, (await _stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);
        var rejected = await _stores.Models.FindAsync((long)second.Metrics["model"], Cancelled);
        Assert.Equal(("rejected", true), (rejected!.State, File.Exists(rejected.ArtifactPath)));
        Assert.StartsWith("popularity: not better", TrainingReport.FromJson(rejected.Report!).Gate.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_behind_popularity_leaves_the_first_generation_to_popularity()
    {
        var report = await TrainAsync(await WatchedWorld.WithoutTastesAsync(members: 300, titles: 60), "algorithm=ials", "rank=1", "iterations=1", "lambda=100000");

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        Assert.Equal("popularity", (await _stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.Algorithm);
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
        Assert.NotEmpty((await _stores.Reader.ReadAsync(1, "KR", Cancelled)).Items);
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
        Assert.Equal(first.Metrics["model"], (await _stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);
        var served = await _stores.Reader.ReadAsync(902, "KR", Cancelled);
        Assert.All(served.Items.Take(10), item => Assert.InRange(item.ContentId, 31, 60));

        var rejected = await _stores.Models.FindAsync((long)second.Metrics["model"], Cancelled);
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
        var before = await _stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled);
        Assert.Equal(champion.Metrics["generation"], before!.GenerationId);

        var trial = await TrainAsync(world, "algorithm=ials", "top-k=1", "publish=no", setting);

        Assert.Equal((RunEnd.Succeeded, passed), (trial.End, trial.Metrics["passedGate"]));
        Assert.StartsWith($"model {trial.Metrics["model"]} is registered, not published, as was asked; the gate would", trial.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(trial.Metrics.Keys, metric => metric is "promoted" or "generation" or "lists");
        Assert.Equal(before, await _stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled));
        Assert.Equal(before.GenerationId, await _stores.Cache.ServedGenerationAsync(Cancelled));
        Assert.Equal(50, (await _stores.Reader.ReadAsync(7, "KR", Cancelled)).Items.Count);
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM generation"));
        var registered = await _stores.Models.FindAsync((long)trial.Metrics["model"], Cancelled);
        Assert.Equal(passed == 1 ? "registered" : "rejected", registered!.State);
        Assert.Equal(passed == 1, TrainingReport.FromJson(registered.Report!).Gate.Promoted);
        // A person promotes it later, through the gate as everybody has it.
        Assert.Equal((RunEnd.Succeeded, (string?)null), await EndAsync(PromoteAsync(world, trial.Metrics["model"])));
        Assert.Equal((long)trial.Metrics["model"], (await _stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);

        static async Task<(RunEnd, string?)> EndAsync(Task<RunReport> run) => ((await run).End, (await run).Reason);
    }

    [Fact]
    public async Task Where_tastes_are_too_many_for_factors_another_algorithm_wins_and_the_gate_lets_it_through()
    {
        var world = await WatchedWorld.WithStoriesAsync(members: 600, stories: 120, storiesPerMember: 6);
        var factors = await TrainAsync(world, "algorithm=ials");
        Assert.Equal((RunEnd.Succeeded, 1.0), (factors.End, factors.Metrics["promoted"]));

        var chosen = await TrainAsync(world);

        Assert.Equal((RunEnd.Succeeded, 1.0), (chosen.End, chosen.Metrics["promoted"]));
        var report = TrainingReport.FromJson((await _stores.Models.FindAsync((long)chosen.Metrics["model"], Cancelled))!.Report!);
        Assert.Contains(report.Selection!.Winner, (string[])["ease", "blend"]);
        Assert.StartsWith($"{report.Selection.Winner} has the highest ndcg@20", report.Selection.Why, StringComparison.Ordinal);
        Assert.True(chosen.Metrics["ndcg@20"] > 1.5 * chosen.Metrics["champion ndcg@20"]);
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
        Assert.Equal(first.Metrics["model"], (await _stores.Models.ServedAsync(GenerationStore.GlobalScope, Cancelled))!.ModelId);
        var missing = await PromoteAsync(world, 99);
        Assert.Equal((RunEnd.Failed, "there is no model 99"), (missing.End, missing.Reason));
    }

    [Fact]
    public async Task An_algorithm_that_does_not_fit_costs_the_night_nothing_but_itself()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);

        var report = await TrainAsync(world, "algorithm=ease,blend,content", "settings=ease.max-memory=1e-6,blend.ease.max-memory=1e-6,blend.ials.rank=8", "search=3");

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        var model = await _stores.Models.FindAsync((long)report.Metrics["model"], Cancelled);
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
        var model = await _stores.Models.FindAsync((long)report.Metrics["model"], Cancelled);
        var rows = TrainingReport.FromJson(model!.Report!).Selection!.Rows;
        Assert.Equal(["ials", "ials-found", "popularity"], rows.Select(row => row.Name).Order());
        // What was asked for is what was tried, and nothing of it was searched.
        var found = rows.Single(row => row.Name == "ials-found").Settings;
        Assert.Equal(("8", "2", "0.7", "5", "0.2"), (found["rank"], found["iterations"], found["nu"], found["seed"], found["sigma"]));
        Assert.Empty(Directory.GetFiles(_artifacts, "search-*"));
    }

    [Fact]
    public async Task Where_everything_was_asked_for_there_is_nothing_to_search_and_the_night_goes_on()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);

        var report = await TrainAsync(world, "algorithm=ials", "iterations=2", "alpha=0.1", "lambda=0", "nu=1", "search=3");

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        var model = await _stores.Models.FindAsync((long)report.Metrics["model"], Cancelled);
        Assert.Equal(["ials", "popularity"], TrainingReport.FromJson(model!.Report!).Selection!.Rows.Select(row => row.Name).Order());
    }

    [Fact]
    public async Task A_champion_whose_artifact_is_damaged_is_no_champion()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        await TrainAsync(world);
        await File.AppendAllTextAsync((await ModelAsync()).Path, "x", Cancelled);

        var second = await TrainAsync(world);

        Assert.Equal((RunEnd.Succeeded, 1.0), (second.End, second.Metrics["promoted"]));
        var report = TrainingReport.FromJson((await _stores.Models.FindAsync((long)second.Metrics["model"], Cancelled))!.Report!);
        Assert.Null(report.Gate.Champion);
        Assert.Contains("its digest differs", report.Gate.NoChampion);
    }

    [Fact]
    public async Task The_same_events_and_seed_give_the_same_model()
    {
        await TrainAsync(await WatchedWorld.WithTastesAsync(members: 100, tastes: 4, titlesPerTaste: 20));
        await TrainAsync(await WatchedWorld.WithTastesAsync(members: 100, tastes: 4, titlesPerTaste: 20));

        await using var connection = await _stores.Database.OpenAsync(Cancelled);
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
