using System.Diagnostics;
using Dapper;
using MongoDB.Bson;
using MongoDB.Driver;
using MySqlConnector;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>An erasure whose process is killed between any two of its steps, each time by SIGKILL and taken up by the next process, to its end.</summary>
[Trait("speed", "server")]
public sealed class KilledErasureTests
{
    private const long Member = 42;

    /// <summary>Nothing listens here: a command has no dashboard.</summary>
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    private static readonly string[] Steps = ["barring the member", "deleting events", "deleting lists", "marking models", "writing the certificate"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_before_every_one_of_its_steps_it_is_finished_once_and_counts_everything_once()
    {
        var place = await JobsPlace.CreateAsync();
        await Watching.FillAsync(place.Mongo, Cancelled);
        await place.RunAsync(Nowhere, "migrate");
        var mongo = DocumentDatabase.Open(place.Mongo);
        long events = await new MongoEventStore(mongo).ReadUserAsync(Member, Cancelled).LongCountAsync(Cancelled);
        await AskAsync(place, mongo);

        foreach (string step in Steps)
            await KillBeforeAsync(place, step);
        await place.RunAsync(Nowhere, "run", "erase-member", "--set", "erasure=1");

        await using var connection = new MySqlConnection(place.MySql);
        var certificate = await connection.QuerySingleAsync<(long?, DateTime?, long, long, long)>(
            "SELECT user_id, completed_at, events, refused, lists FROM erasure");
        Assert.Equal((null, events, 1, 1), (certificate.Item1, certificate.Item3, certificate.Item4, certificate.Item5));
        Assert.NotNull(certificate.Item2);
        Assert.Equal(0, await new MongoEventStore(mongo).ReadUserAsync(Member, Cancelled).CountAsync(Cancelled));
        Assert.Empty((await Refused(mongo).Find(new BsonDocument()).SingleAsync(Cancelled))["raw"].AsByteArray);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM recommendation WHERE user_id = @Member", new { Member }));
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM audit_entry WHERE action = 'member.erased'"));
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM job_run WHERE job = 'erase-member' AND state = 'succeeded'"));
        Assert.StartsWith("the audit is whole", await place.RunAsync(Nowhere, "audit", "verify"), StringComparison.Ordinal);
    }

    /// <summary>A list, a refused event and the wish, as the dashboard writes it down.</summary>
    private static async Task AskAsync(JobsPlace place, IMongoDatabase mongo)
    {
        await new MongoRefusedEvents(mongo).KeepAsync(
            [new RefusedEvent(new SourcePosition("watch-events", 0, 1), "{\"userId\":42,\"type\":\"pla"u8.ToArray(), "not_json", "a test", DateTimeOffset.UnixEpoch)], Cancelled);
        byte[] digest = ErasureKey.Read(Path.Combine(place.Folder, "key"))!.Digest(Member);
        await using var connection = new MySqlConnection(place.MySql);
        await connection.ExecuteAsync(
            """
            INSERT INTO generation (generation_id, scope, run_id, fencing_token, state, lists, created_at) VALUES (1, 'global', 0, 0, 'published', 1, UTC_TIMESTAMP(3));
            INSERT INTO recommendation VALUES (1, @Member, '[]');
            INSERT INTO erasure (member_digest, user_id, requested_by, requested_at, next_try_at) VALUES (@digest, @Member, 'ada', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3));
            """,
            new { Member, digest });
    }

    /// <summary>
    /// Starts a process that is to erase, and kills it where it enters a step: the step's heartbeat, the first thing that it does, waits in the
    /// database for a lock that the test holds, so everything before is done and nothing of it is.
    /// </summary>
    private static async Task KillBeforeAsync(JobsPlace place, string step)
    {
        await using var holder = new MySqlConnection(place.MySql);
        await holder.OpenAsync(Cancelled);
        // Locks are the whole server's: these are named after the database and the step.
        var (entered, held) = ($"{holder.Database}-{Array.IndexOf(Steps, step)}-entered", $"{holder.Database}-{Array.IndexOf(Steps, step)}-held");
        Assert.Equal(1, await holder.ExecuteScalarAsync<long>("SELECT GET_LOCK(@held, 60)", new { held }));
        await holder.ExecuteAsync(
            $"""
            CREATE TRIGGER hold BEFORE UPDATE ON job_run FOR EACH ROW
            BEGIN
              IF NEW.step = '{step}' AND OLD.step <=> NEW.step = 0 AND GET_LOCK('{entered}', 0) = 1 AND GET_LOCK('{held}', 600) = 1 THEN
                SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'killed';
              END IF;
            END
            """);

        using (var process = Process.Start(place.Start(Nowhere, "run", "erase-member", "--set", "erasure=1"))!)
        {
            var said = (process.StandardOutput.ReadToEndAsync(Cancelled), process.StandardError.ReadToEndAsync(Cancelled));
            for (int attempt = 0; await holder.ExecuteScalarAsync<long?>("SELECT IS_USED_LOCK(@entered)", new { entered }) is null; attempt++)
            {
                Assert.True(attempt < 720 && !process.HasExited, process.HasExited ? $"{await said.Item1}\n{await said.Item2}" : $"'{step}' is never entered");
                await Task.Delay(250, Cancelled);
            }
            process.Kill();
            await process.WaitForExitAsync(Cancelled);
        }
        await holder.ExecuteAsync("SELECT RELEASE_LOCK(@held)", new { held });
        await holder.ExecuteAsync("DROP TRIGGER hold");
    }

    private static IMongoCollection<BsonDocument> Refused(IMongoDatabase mongo) => mongo.GetCollection<BsonDocument>("refused_events");
}
