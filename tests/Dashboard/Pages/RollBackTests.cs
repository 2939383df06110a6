using System.Net;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;
using Pipeline.Storage.Redis;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>The way back to an earlier generation, as a releaser takes it.</summary>
[Trait("speed", "server")]
public sealed class RollBackTests(SharedWorld world)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_releaser_goes_back_with_a_code_and_readers_follow()
    {
        long first = await PublishAsync(score: 0.1);
        long second = await PublishAsync(score: 0.2);
        var releaser = await world.OperatorAsync("back", OperatorRole.Releaser);
        using var inside = await world.SignedInAsync(releaser);
        string path = $"/generations/{first}/roll-back";
        Assert.Contains($"href=\"{path}\"", await inside.PageAsync("/generations"));
        Assert.DoesNotContain($"/generations/{second}/roll-back", await inside.PageAsync("/generations"));

        // A code is good once, and those before it are not any more.
        using var spent = await inside.PostAsync(path, path, ("code", DashboardWorld.SpentCode(releaser.Secret)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, spent.StatusCode);
        Assert.Equal(second, (await PointerAsync())!.GenerationId);

        using var done = await inside.PostAsync(path, path, ("code", releaser.RecoveryCodes[0]));
        Assert.Equal("/generations", done.Headers.Location?.ToString());
        for (int attempt = 0; attempt < 240 && await world.Get<ServingCache>().ServedGenerationAsync(Cancelled) != first; attempt++)
            await Task.Delay(250, Cancelled);
        Assert.Equal((first, second), ((await PointerAsync())!.GenerationId, (await PointerAsync())!.PreviousGenerationId));
        Assert.Equal(first, await world.Get<ServingCache>().ServedGenerationAsync(Cancelled));
        Assert.Equal([7L], await world.Get<ServingCache>().FindListAsync(first, 42, Cancelled));

        string history = await inside.PageAsync("/generations");
        Assert.Contains("What was served when", history);
        var flips = await world.Get<GenerationHistory>().FlipsAsync(GenerationStore.GlobalScope, long.MaxValue, 3, Cancelled);
        Assert.Equal([(first, (long?)second), (second, first)], flips.Take(2).Select(flip => (flip.GenerationId, flip.Instead)));
        Assert.Equal(("roll-back", "back", null), (flips[0].Job, flips[0].RequestedBy, flips[0].Until));
        Assert.Equal(flips[0].FlippedAt, flips[1].Until);

        var entry = Assert.Single(await world.Get<AuditTrail>().SearchAsync("back", AuditActions.GenerationRollBack, long.MaxValue, 10, Cancelled));
        Assert.Equal(($"generation {first}", $"generation {second}", "asked for"), (entry.Event.Subject, entry.Event.Was, entry.Event.Became));
        var flip = Assert.Single(await world.Get<AuditTrail>().SearchAsync("back", AuditActions.GenerationFlip, long.MaxValue, 10, Cancelled));
        Assert.Equal(($"run {flips[0].RunId} of roll-back", $"generation {second}", $"generation {first}"), (flip.Event.Subject, flip.Event.Was, flip.Event.Became));
    }

    /// <summary>Whoever asked for the run, the timetable too, stands in the entry, with the models; a move that cannot be written down is none.</summary>
    [Fact]
    public async Task A_move_and_its_entry_are_one()
    {
        await using var own = new OwnWorld();
        await own.InitializeAsync();
        await own.ExecuteAsync(
            """
            INSERT INTO model (model_id, run_id, algorithm, parameters, data_digest, metrics, training_seconds, artifact_path, artifact_digest, state, created_at)
            VALUES (5, 1, 'ials', '{}', REPEAT('d', 64), '{}', 1, 'a', REPEAT('a', 64), 'registered', UTC_TIMESTAMP(3))
            """);
        long first = await PublishAsync(own, 0.1);
        long second = await PublishAsync(own, 0.2, model: 5, by: "the timetable");

        var entries = await own.Get<AuditTrail>().SearchAsync(null, AuditActions.GenerationFlip, long.MaxValue, 10, Cancelled);
        Assert.Equal(
            [("the timetable", $"generation {first}", $"generation {second}, model 5"), ("test", null, $"generation {first}")],
            entries.Select(entry => (entry.Event.Actor, entry.Event.Was, entry.Event.Became)));

        await own.ExecuteAsync("DELETE FROM audit_head");
        await Assert.ThrowsAsync<InvalidOperationException>(() => PublishAsync(own, 0.3));
        Assert.Equal(second, (await own.Get<GenerationStore>().PointerAsync(GenerationStore.GlobalScope, Cancelled))!.GenerationId);
    }

    [Theory]
    [InlineData("pruned")]
    [InlineData("pruning")]
    [InlineData("writing")]
    public async Task What_is_not_whole_is_not_served_again(string state)
    {
        long first = await PublishAsync(score: 0.1);
        await PublishAsync(score: 0.2);
        await world.ExecuteAsync("UPDATE generation SET state = @state WHERE generation_id = @first", new { state, first });
        var releaser = await world.OperatorAsync($"back-{state}", OperatorRole.Releaser);
        using var inside = await world.InsideAsync(releaser);

        Assert.DoesNotContain($"/generations/{first}/roll-back", await inside.PageAsync("/generations"));
        using var refused = await inside.PostAsync($"/generations/{first}/roll-back", "/generations", ("code", releaser.RecoveryCodes[0]));
        Assert.Empty(await world.Get<AuditTrail>().SearchAsync(releaser.Name, AuditActions.GenerationRollBack, long.MaxValue, 10, Cancelled));
    }

    private Task<ServingPointer?> PointerAsync() => world.Get<GenerationStore>().PointerAsync(GenerationStore.GlobalScope, Cancelled);

    /// <summary>A generation with one list.</summary>
    private Task<long> PublishAsync(double score) => PublishAsync(world, score);

    private static async Task<long> PublishAsync(DashboardWorld world, double score, long? model = null, string by = "test")
    {
        var (runs, generations) = (world.Get<RunStore>(), world.Get<GenerationStore>());
        var opened = await runs.OpenAsync(new RunRequest("publish", null, Pipeline.Dashboard.SignIn.Tokens.New(), TimeSpan.FromMinutes(5), "{}", by), Cancelled);
        var lease = opened.Lease!.Value;
        long generation = await generations.CreateAsync(GenerationStore.GlobalScope, lease, model, Cancelled);
        await generations.WriteAsync(generation, [new RecommendationList(42, [new ListedItem(7, score, null)])], Cancelled);
        Assert.True(await generations.FlipAsync(GenerationStore.GlobalScope, generation, (await generations.PointerAsync(GenerationStore.GlobalScope, Cancelled))?.GenerationId, 1, lease, Cancelled));
        await runs.FinishAsync(lease, RunState.Succeeded, null, "{}", Cancelled);
        return generation;
    }
}
