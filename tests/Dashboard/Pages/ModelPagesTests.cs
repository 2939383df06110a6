using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>Which model is the champion after all that can happen to the pointer, what was served when, and models that are chosen over several pages.</summary>
[Trait("speed", "server")]
public sealed class ModelPagesTests(OwnWorld world) : IClassFixture<OwnWorld>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await world.ExecuteAsync(
        "DELETE FROM operator; DELETE FROM model; DELETE FROM generation; DELETE FROM serving_pointer; DELETE FROM serving_flip; DELETE FROM serving_flip_origin; DELETE FROM model_note");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The nights after a promotion make generations of the same model: an older one that is served again is still the champion's.</summary>
    [Fact]
    public async Task A_model_stays_the_champion_whichever_of_its_generations_is_served()
    {
        await ModelsAsync(1, 3);
        await GenerationsAsync((1, 1), (2, 1), (3, 2));
        await ServeAsync(1);
        using var releaser = await InsideAsync();

        string list = await releaser.PageAsync("/models");
        Assert.Matches("href=\"/models/1\">1</a></td>(?s:(?!</tr>).)*champion", list);
        Assert.Matches("href=\"/models/3\">3</a></td>(?s:(?!</tr>).)*challenger", list);
        Assert.Equal((1, 1), (Count(list, ">champion<"), Count(list, ">challenger<")));
        Assert.Equal(1, Count(await releaser.PageAsync("/models/compare?id=1&id=2&id=3"), ">champion<"));
        Assert.Contains("It is served already.", await releaser.PageAsync("/models/1/promote"));
        Assert.DoesNotContain("/models/1/promote", await releaser.PageAsync("/models/1"));
        Assert.Contains("/models/2/promote", await releaser.PageAsync("/models/2"));
    }

    [Fact]
    public async Task The_newest_model_is_the_challenger_though_it_was_served_before_and_the_champion_never_is()
    {
        await ModelsAsync(1, 2);
        await GenerationsAsync((1, 1), (2, 2));
        using var viewer = await InsideAsync();

        await ServeAsync(1);
        Assert.Matches("href=\"/models/2\">2</a></td>(?s:(?!</tr>).)*challenger", await viewer.PageAsync("/models"));
        await ServeAsync(2);
        Assert.DoesNotContain(">challenger<", await viewer.PageAsync("/models"));
    }

    [Fact]
    public async Task What_is_chosen_stays_chosen_from_page_to_page_and_what_is_cut_is_said()
    {
        await ModelsAsync(1, 210);
        using var viewer = await InsideAsync();

        string second = await viewer.PageAsync("/models?id=210&id=205&id=160&before=161");
        Assert.Matches("value=\"160\" checked", second);
        foreach (int elsewhere in (int[])[205, 210])
            Assert.Matches($"<fieldset(?s:.)*name=\"id\" value=\"{elsewhere}\" checked(?s:.)*</fieldset>", second);
        Assert.DoesNotContain("value=\"159\" checked", second);
        Assert.Contains("formaction=\"/models\" name=\"before\" value=\"111\"", second);

        string some = await viewer.PageAsync("/models/compare?id=1&id=210");
        Assert.Contains("<input type=\"hidden\" name=\"id\" value=\"210\">", some);
        Assert.Contains("href=\"/models?id=1&amp;id=210\"", some);
        Assert.DoesNotContain("more were asked for", some);
        string all = await viewer.PageAsync("/models/compare?" + string.Join('&', Enumerable.Range(1, 205).Select(id => $"id={id}")));
        Assert.Contains("The first 200 are shown; 5 more were asked for.", all);
    }

    [Fact]
    public async Task What_was_served_when_is_kept_whole_after_its_runs_are_forgotten()
    {
        await ModelsAsync(1, 1);
        await world.ExecuteAsync(
            """
            SET SESSION cte_max_recursion_depth = 1000;
            INSERT INTO generation (generation_id, scope, run_id, model_id, fencing_token, state, lists, created_at)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) SELECT i, 'global', i, 1, i, 'published', 3, UTC_TIMESTAMP(3) FROM n;
            INSERT INTO serving_flip (scope, fencing_token, generation_id, previous_generation_id, run_id, flipped_at)
            SELECT scope, fencing_token, generation_id, NULLIF(generation_id - 1, 0), 1000000 + run_id, '2026-01-01' + INTERVAL generation_id DAY FROM generation WHERE scope = 'global';
            INSERT INTO serving_flip_origin (scope, fencing_token, job, requested_by) SELECT scope, fencing_token, 'promote-model', CONCAT('operator-', fencing_token) FROM serving_flip;
            """);
        await ServeAsync(120);
        using var viewer = await InsideAsync();

        string first = await viewer.PageAsync("/generations");
        Assert.Contains("operator-120", first);
        Assert.Contains("operator-71", first);
        Assert.DoesNotContain("operator-70<", first);
        // Readers and runs that are gone have no address.
        Assert.DoesNotContain("/runs/1000120", first);
        Assert.Contains("1000120", first);
        Assert.Contains("href=\"/generations?flips-before=71#flips\"", first);
        string second = await viewer.PageAsync("/generations?flips-before=71");
        Assert.Contains("operator-70", second);
        Assert.DoesNotContain("operator-71<", second);
        // The move that ended the page's newest is on the page before.
        Assert.DoesNotContain("state served", second[second.IndexOf("id=\"flips\"", StringComparison.Ordinal)..]);
        Assert.DoesNotContain("rel=\"next\" href=\"/generations?flips", await viewer.PageAsync("/generations?flips-before=21"));
        Assert.Contains("href=\"/models/1?flips-before=71#served\"", await viewer.PageAsync("/models/1"));
        Assert.Contains("operator-70", await viewer.PageAsync("/models/1?flips-before=71"));
    }

    [Fact]
    public async Task Notes_have_pages()
    {
        await ModelsAsync(1, 1);
        await world.ExecuteAsync(
            """
            INSERT INTO model_note (note_id, model_id, written_at, author, note)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 130) SELECT i, 1, UTC_TIMESTAMP(3), 'ada', CONCAT('note ', i, '.') FROM n
            """);
        using var viewer = await InsideAsync();

        string first = await viewer.PageAsync("/models/1");
        Assert.Contains("note 31.", first);
        Assert.DoesNotContain("note 30.", first);
        Assert.Contains("href=\"/models/1?notes-before=31#notes\"", first);
        string second = await viewer.PageAsync("/models/1?notes-before=31");
        Assert.Contains("note 30.", second);
        Assert.DoesNotContain("rel=\"next\"", second);
    }

    [Fact]
    public async Task Another_language_leaves_the_reader_where_they_are()
    {
        using var viewer = await InsideAsync();

        Assert.Contains("name=\"from\" value=\"/runs?job=popularity&amp;state=failed\"", await viewer.PageAsync("/runs?job=popularity&state=failed"));
        using var changed = await viewer.PostAsync("/language", "/runs", ("language", "ko"), ("from", "/models/compare?id=1&id=2"));
        Assert.Equal("/models/compare?id=1&id=2", changed.Headers.Location?.ToString());
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private async Task<Visitor> InsideAsync()
    {
        var who = await world.OperatorAsync("looking", OperatorRole.Releaser);
        var visitor = world.Visitor();
        visitor.Cookies[Visitor.SessionCookie] = await world.SessionAsync(who);
        return visitor;
    }

    private Task<int> ModelsAsync(int first, int last) => world.ExecuteAsync(
        """
        SET SESSION cte_max_recursion_depth = 1000;
        INSERT INTO model (model_id, run_id, algorithm, parameters, data_digest, metrics, training_seconds, artifact_path, artifact_digest, state, created_at)
        WITH RECURSIVE n (i) AS (SELECT @first UNION ALL SELECT i + 1 FROM n WHERE i < @last)
        SELECT i, 1, 'ials', '{}', REPEAT('d', 64), '{}', 1, 'a', REPEAT('a', 64), 'registered', UTC_TIMESTAMP(3) FROM n
        """, new { first, last });

    private async Task GenerationsAsync(params (int Generation, int Model)[] made)
    {
        foreach (var (generation, model) in made)
            await world.ExecuteAsync(
                """
                INSERT INTO generation (generation_id, scope, run_id, model_id, fencing_token, state, lists, created_at)
                VALUES (@generation, 'global', 1, @model, @generation, 'published', 3, UTC_TIMESTAMP(3));
                UPDATE model SET state = 'published' WHERE model_id = @model
                """, new { generation, model });
    }

    private Task<int> ServeAsync(int generation) => world.ExecuteAsync(
        "REPLACE INTO serving_pointer (scope, generation_id, previous_generation_id, fencing_token, flipped_at) VALUES ('global', @generation, NULL, 1000, UTC_TIMESTAMP(3))",
        new { generation });
}
