using System.Net;
using MongoDB.Bson;
using Pipeline.Dashboard.Pages;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>What kept titles off a list, as far as it can be known afterwards.</summary>
[Trait("speed", "server")]
public sealed class WhyTests(OwnWorld world) : IClassFixture<OwnWorld>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"history-days": 30, "diversity": 0.5}""", """{"titlesGone": 7}""", 30, 7L, true)]
    [InlineData("""{"history-days": 400, "diversity": 0, "calibration": 0}""", "{}", 400, null, false)]
    [InlineData("""{"titles": 9}""", "{}", null, null, false)]
    [InlineData("7", "{}", null, null, false)]
    [InlineData("""{"history-days": "many"}""", "{}", null, null, false)]
    public void What_a_run_had_before_it_is_read_from_its_parameters(string parameters, string metrics, int? days, long? gone, bool reranked)
    {
        var origin = ListOrigin.Of(Run(parameters, metrics));

        Assert.Equal((days, gone, reranked), (origin?.Days, origin?.TitlesGone, origin?.IsReranked ?? false));
        if (days is { } given)
            Assert.Equal(new DateTime(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc).AddDays(-given), origin!.From);
        Assert.Equal(new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc), ListOrigin.Of(Run("""{"history-days": 1, "as-of": "2026-01-02T00:00:00Z"}""", "{}"))!.From.AddDays(1));
        Assert.Null(ListOrigin.Of(null));
    }

    /// <summary>Three titles: one before the days that the list was made from, one in them, one since.</summary>
    [Fact]
    public async Task What_was_had_is_counted_when_the_list_was_made_and_what_is_not_counted_says_so()
    {
        var viewer = await world.OperatorAsync("curious", OperatorRole.Viewer);
        using var inside = world.Visitor();
        inside.Cookies[Visitor.SessionCookie] = await world.SessionAsync(viewer);
        string nothing = await inside.PageAsync("/why?user=4242");
        Assert.Contains("not filtered here: this list is everybody&#x27;s", nothing);
        Assert.Contains("lists leave out what rights forbid; how many titles that is for this member is not counted here", nothing);

        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await world.Get<IEventStore>().PrepareAsync(Cancelled);
        Assert.All(
            await world.Get<MongoEventStore>().AppendAsync([Watched(71, now.AddDays(-50)), Watched(72, now.AddDays(-3)), Watched(73, now.AddDays(2))], Cancelled),
            outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
        var lease = (await world.Get<RunStore>().OpenAsync(
            new RunRequest("train-recommendations", null, "why", TimeSpan.FromMinutes(5), """{"history-days": 30, "diversity": 0.25, "calibration": 0}""", "test"), Cancelled)).Lease!.Value;
        var generations = world.Get<GenerationStore>();
        long generation = await generations.CreateAsync(GenerationStore.GlobalScope, lease, null, Cancelled);
        await generations.WriteAsync(generation, [new RecommendationList(4242, [new ListedItem(7, 0.5, null)])], Cancelled);
        Assert.True(await generations.FlipAsync(GenerationStore.GlobalScope, generation, null, 1, lease, Cancelled));
        await world.Get<RunStore>().FinishAsync(lease, RunState.Succeeded, null, """{"titlesGone": 1234}""", Cancelled);

        string page = WebUtility.HtmlDecode(await inside.PageAsync("/why?user=4242"));
        Assert.Matches("Had before</td>\\s*<td class=\"number\">1</td>\\s*<td>what the member watched or rated in the 30 days", page);
        Assert.Matches("Gone</td>\\s*<td class=\"number\">1,234</td>", page);
        Assert.Contains("diversity 0.25, calibration 0", page);
        Assert.Contains("The member has had 3 titles until now.", page);
        Assert.DoesNotContain("<td class=\"number\">0</td>", page);

        await world.ExecuteAsync("DELETE FROM job_run");
        Assert.Contains("not known: the run that made the list is forgotten", await inside.PageAsync("/why?user=4242"));
    }

    private static EventDocument Watched(long content, DateTime at)
    {
        var (id, source) = (new Guid((int)content, 4, 2, new byte[8]), new SourcePosition("watch-events", 0, content));
        return new EventDocument(id, source, new BsonDocument
        {
            { "_id", new BsonBinaryData(id, GuidRepresentation.Standard) }, { "type", "progress" }, { "occurredAt", at },
            { "userId", 4242L }, { "contentId", content }, { "watchedSeconds", 30.0 },
            { "source", new BsonDocument { { "topic", source.Topic }, { "partition", source.Partition }, { "offset", source.Offset } } },
        }.ToBson());
    }

    private static RunRecord Run(string parameters, string metrics)
    {
        var started = new DateTime(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc);
        return new RunRecord(1, "train-recommendations", started, 1, "succeeded", started, null, started, "", null, null, null, "test", 0, parameters, metrics, null, 1);
    }
}
