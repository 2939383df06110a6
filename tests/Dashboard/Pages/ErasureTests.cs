using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Erasures;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>The erasure of a member as an admin asks for it, by page and by program, down to the certificate.</summary>
[Trait("speed", "server")]
public sealed class ErasureTests(OwnWorld world) : IClassFixture<OwnWorld>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_admin_erases_a_member_with_a_code_and_gets_the_certificate()
    {
        const long Member = 770_077;
        await WatchAsync(Member);
        var admin = await world.OperatorAsync("eraser", OperatorRole.Admin);
        using var inside = await world.InsideAsync(admin);

        using var guessed = await inside.PostAsync("/erasures", "/erasures", ("member", $"{Member}"), ("code", "AAAAA-AAAAA"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, guessed.StatusCode);
        using var wrong = await inside.PostAsync("/erasures", "/erasures", ("member", "<b>everybody</b>"), ("code", admin.RecoveryCodes[1]));
        Assert.Contains("A member is a whole number from 1.", await wrong.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal(0, await world.ScalarAsync<long>("SELECT COUNT(*) FROM erasure WHERE requested_by = 'eraser'"));

        using var done = await inside.PostAsync("/erasures", "/erasures", ("member", $"{Member}"), ("code", admin.RecoveryCodes[0]));
        string certificate = done.Headers.Location!.ToString();
        Assert.StartsWith("/erasures/", certificate, StringComparison.Ordinal);
        var erasure = await CompletedAsync(long.Parse(certificate["/erasures/".Length..]));

        Assert.Equal(1, erasure.Events);
        string page = await inside.PageAsync(certificate);
        Assert.Contains(erasure.Member, page);
        Assert.DoesNotContain($"{Member}", page);
        Assert.Contains($"href=\"{certificate}\"", await inside.PageAsync("/erasures"));
        Assert.Equal(0, await world.Get<MongoEventStore>().ReadUserAsync(Member, Cancelled).CountAsync(Cancelled));
        var entries = await world.Get<AuditTrail>().SearchAsync("eraser", "member.", long.MaxValue, 10, Cancelled);
        Assert.Equal([AuditActions.MemberErased, AuditActions.MemberErase], entries.Select(entry => entry.Event.Action));
        Assert.All(entries, entry => Assert.Equal($"erasure {erasure.ErasureId}", entry.Event.Subject));
        foreach (string where in new[]
        {
            $"job_run WHERE CONCAT_WS(' ', parameters, metrics, reason, step) LIKE '%{Member}%'", $"job_run_log WHERE message LIKE '%{Member}%'",
            $"audit_entry WHERE CONCAT_WS(' ', subject, was, became) LIKE '%{Member}%'", $"erasure WHERE user_id = {Member}",
        })
            Assert.Equal(0, await world.ScalarAsync<long>($"SELECT COUNT(*) FROM {where}"));
    }

    [Fact]
    public async Task A_program_erases_with_an_admin_s_token_and_a_code()
    {
        const long Member = 770_078;
        await WatchAsync(Member);
        var admin = await world.OperatorAsync("eraser-by-program", OperatorRole.Admin);
        using var program = world.Visitor();
        program.Headers["Authorization"] = $"Bearer {await world.TokenAsync(admin, OperatorRole.Admin)}";

        using var without = await PostAsync(program, Member, "000000");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, without.StatusCode);
        using var accepted = await PostAsync(program, Member, admin.RecoveryCodes[0]);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        string place = accepted.Headers.Location!.ToString();
        var erasure = await CompletedAsync(long.Parse(place[(place.LastIndexOf('/') + 1)..]));

        using var certificate = JsonDocument.Parse(await program.PageAsync(place));
        Assert.Equal(1, certificate.RootElement.GetProperty("events").GetInt64());
        Assert.Equal(erasure.Member, certificate.RootElement.GetProperty("member").GetString());

        // A token may less than its operator.
        using var lesser = world.Visitor();
        lesser.Headers["Authorization"] = $"Bearer {await world.TokenAsync(admin, OperatorRole.Releaser)}";
        using var refused = await PostAsync(lesser, Member, admin.RecoveryCodes[1]);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_model_that_may_have_learned_from_the_member_is_promoted_no_more()
    {
        await world.ExecuteAsync(
            """
            INSERT INTO model (model_id, run_id, algorithm, parameters, data_digest, metrics, training_seconds, artifact_path, artifact_digest, state, created_at)
            VALUES (7700, 7700, 'ials', '{}', REPEAT('d', 64), '{}', 1.5, 'a', REPEAT('a', 64), 'rejected', '2026-01-01');
            INSERT INTO model_erasure (model_id, erasure_id, marked_at) VALUES (7700, 1, '2026-02-03');
            """);
        var releaser = await world.OperatorAsync("promotes-nobody", OperatorRole.Releaser);
        using var inside = await world.InsideAsync(releaser);

        Assert.Contains("erased since 2026-02-03", await inside.PageAsync("/models/7700/promote"));
        using var answer = await inside.PostAsync("/models/7700/promote", "/account", ("code", releaser.RecoveryCodes[0]));
        Assert.Empty(await world.Get<AuditTrail>().SearchAsync(releaser.Name, AuditActions.ModelPromote, long.MaxValue, 10, Cancelled));
    }

    private static Task<HttpResponseMessage> PostAsync(Visitor program, long member, string code) =>
        program.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/erasures") { Content = JsonContent.Create(new { member, code }) });

    private async Task<Erasure> CompletedAsync(long erasure)
    {
        for (int attempt = 0; ; attempt++)
        {
            if (await world.Get<ErasureStore>().FindAsync(erasure, Cancelled) is { CompletedAt: not null } complete)
                return complete;
            Assert.True(attempt < 720, "the erasure does not come to its end");
            await Task.Delay(250, Cancelled);
        }
    }

    private async Task WatchAsync(long member)
    {
        var (id, source) = (new Guid((int)member, 1, 2, new byte[8]), new SourcePosition("watch-events", 0, member));
        var document = new EventDocument(id, source, new BsonDocument
        {
            { "_id", new BsonBinaryData(id, GuidRepresentation.Standard) }, { "type", "progress" }, { "occurredAt", DateTime.UnixEpoch.AddDays(20_000) },
            { "userId", member }, { "contentId", 7L }, { "watchedSeconds", 30.0 },
            { "source", new BsonDocument { { "topic", source.Topic }, { "partition", source.Partition }, { "offset", source.Offset } } },
        }.ToBson());
        await world.Get<IEventStore>().PrepareAsync(Cancelled);
        Assert.Equal(AppendStatus.Stored, Assert.Single(await world.Get<MongoEventStore>().AppendAsync([document], Cancelled)).Status);
    }
}
