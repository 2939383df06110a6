using System.Text;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Jobs.Erasure;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Tests.Publication;
using Pipeline.Servers;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Erasures;
using Pipeline.Storage.MySql.Models;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Jobs.Tests.Erasure;

/// <summary>The erasure of a member, on real servers: of everything, once, however often it is interrupted.</summary>
[Trait("speed", "server")]
public sealed class EraseMemberTests : IAsyncLifetime
{
    private const long Member = 42;

    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-erasure-").FullName;
    private JobStores _stores = null!;
    private IMongoDatabase _mongo = null!;
    private MongoEventStore _events = null!;
    private Tombstones _tombstones = null!;
    private ErasureStore _erasures = null!;
    private AuditTrail _audit = null!;
    private ErasureDesk _desk = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string key = Path.Combine(_folder, "key");
        await File.WriteAllTextAsync(key, new string('k', 32), Cancelled);
        _mongo = DocumentDatabase.Open(await TestServers.MongoAsync());
        _tombstones = new Tombstones(_mongo, ErasureKey.Read(key), TimeProvider.System);
        _stores = new JobStores(await TestServers.MySqlAsync(), await TestServers.RedisAsync(), _tombstones);
        await _stores.MigrateAsync();
        _events = new MongoEventStore(_mongo);
        await _events.PrepareAsync(Cancelled);
        _erasures = new ErasureStore(_stores.Database);
        _audit = new AuditTrail(
            _stores.Database, new AuditChain(new byte[32]), new AuditAnchor(Path.Combine(_folder, "anchor"), TimeProvider.System, NullLogger<AuditAnchor>.Instance));
        _desk = new ErasureDesk(_audit, _tombstones);
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Everything_of_the_member_goes_everywhere_and_the_certificate_says_how_much()
    {
        long[] generations = [await PublishAsync(1), await PublishAsync(2)];
        long model = await RegisterAsync();
        await WatchAsync(Member, 3);
        await WatchAsync(43, 2);
        await RefuseAsync(
            "{\"userId\":42,\"watchedSeconds\":-1}", "{\"userId\":43}", "not json", "{\"type\":played,\"userId\":42}", "{\"user_id\":\"42\"}", "42,1001,5,1600000000");

        long erasure = await RequestAsync();
        var report = await EraseAsync(erasure);

        Assert.Equal((RunEnd.Succeeded, null), (report.End, report.Reason));
        var certificate = (await _erasures.FindAsync(erasure, Cancelled))!;
        Assert.Equal((3L, 4L, 2L, 2L, 1L), (certificate.Events!.Value, certificate.RefusedEvents!.Value, certificate.Lists!.Value, certificate.CachedLists!.Value, certificate.Models!.Value));
        Assert.Equal(("ada", report.RunId), (certificate.RequestedBy, certificate.RunId));
        Assert.True(certificate.CompletedAt >= certificate.BarredAt && certificate.BarredAt >= certificate.RequestedAt);
        await AssertGoneAsync(generations);
        Assert.Equal(2, await _events.ReadUserAsync(43, Cancelled).CountAsync(Cancelled));
        foreach (long generation in generations)
            Assert.NotNull(await _stores.Cache.FindListAsync(generation, 43, Cancelled));
        Assert.NotNull((await _stores.Models.FindAsync(model, Cancelled))!.ErasedSince);
        Assert.Null((await _stores.Models.FindAsync(await RegisterAsync(), Cancelled))!.ErasedSince);

        var entries = await _audit.SearchAsync("ada", "member.", long.MaxValue, 10, Cancelled);
        Assert.Equal([AuditActions.MemberErased, AuditActions.MemberErase], entries.Select(entry => entry.Event.Action));
        Assert.All(entries, entry => Assert.Contains(certificate.Member, entry.Event.Became));
        await AssertIdIsForgottenAsync();
    }

    [Fact]
    public async Task Twice_is_once_and_a_stranger_marks_no_model()
    {
        await PublishAsync(1);
        long model = await RegisterAsync();
        long first = await RequestAsync();
        Assert.Equal(first, await RequestAsync());
        Assert.Equal(RunEnd.Succeeded, (await EraseAsync(first)).End);
        Assert.Equal((RunEnd.Skipped, $"erasure {first} is complete"), await EndOfAsync(first));
        Assert.Null((await _stores.Models.FindAsync(model, Cancelled))!.ErasedSince);

        long second = await RequestAsync();
        Assert.NotEqual(first, second);
        Assert.Equal(RunEnd.Succeeded, (await EraseAsync(second)).End);
        var again = (await _erasures.FindAsync(second, Cancelled))!;
        Assert.Equal((0L, 0L, 0L), (again.Events!.Value, again.Lists!.Value, again.CachedLists!.Value));
        Assert.Equal((RunEnd.Failed, "nobody has asked for erasure 999"), await EndOfAsync(999));
    }

    [Theory]
    [InlineData("barring the member")]
    [InlineData("deleting events")]
    [InlineData("deleting lists")]
    [InlineData("marking models")]
    [InlineData("writing the certificate")]
    public async Task A_run_that_ends_before_a_step_is_finished_by_the_next(string step)
    {
        long[] generations = [await PublishAsync(1)];
        await RegisterAsync();
        await WatchAsync(Member, 3);
        long erasure = await RequestAsync();

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var cut = await EraseAsync(erasure, reached => { if (reached == step) end.Cancel(); }, end.Token);
        Assert.Equal(RunEnd.Cancelled, cut.End);
        Assert.Null((await _erasures.FindAsync(erasure, Cancelled))!.CompletedAt);

        Assert.Equal(RunEnd.Succeeded, (await EraseAsync(erasure)).End);
        var certificate = (await _erasures.FindAsync(erasure, Cancelled))!;
        Assert.Equal((3L, 1L, 1L, 1L), (certificate.Events!.Value, certificate.Lists!.Value, certificate.CachedLists!.Value, certificate.Models!.Value));
        await AssertGoneAsync(generations);
        await AssertIdIsForgottenAsync();
    }

    [Theory]
    [InlineData(PublicationStep.GenerationOpened)]
    [InlineData(PublicationStep.RowsWritten)]
    [InlineData(PublicationStep.RowsChecked)]
    [InlineData(PublicationStep.CacheFilled)]
    [InlineData(PublicationStep.PointerMoved)]
    public async Task A_publication_under_way_publishes_without_the_member(PublicationStep during)
    {
        long erasure = await RequestAsync();
        long generation = await PublishAsync(1, async (step, _) =>
        {
            if (step == during)
                Assert.Equal(RunEnd.Succeeded, (await EraseAsync(erasure)).End);
        });

        Assert.Equal(generation, await _stores.Cache.ServedGenerationAsync(Cancelled));
        await AssertGoneAsync([generation]);
        Assert.Equal(StampedLists.Members - 1, await ScalarAsync("SELECT lists FROM generation WHERE generation_id = @generation", new { generation }));
        Assert.Equal(StampedLists.Members - 1, await ScalarAsync("SELECT COUNT(*) FROM recommendation WHERE generation_id = @generation", new { generation }));
        await _stores.Reconciler.RunAsync(Cancelled);
        await AssertGoneAsync([generation]);
    }

    [Fact]
    public async Task A_model_that_was_being_trained_is_marked_when_it_is_registered()
    {
        await WatchAsync(Member, 1);
        var lease = await OpenRunAsync("training");
        await EraseAsync(await RequestAsync());

        Assert.NotNull((await _stores.Models.FindAsync(await RegisterAsync(lease), Cancelled))!.ErasedSince);
    }

    private Task<long> RequestAsync() => _desk.RequestAsync(Member, new Actor("ada", "127.0.0.1"), Cancelled);

    private Task<RunReport> EraseAsync(long erasure, Action<string>? follow = null, CancellationToken? cancelled = null) => _stores.Ledger().RunAsync(
        new EraseMemberJob(_erasures, new Lazy<ErasureDesk>(_desk), _tombstones, _events, new RefusedEventDesk(_mongo), _stores.Cache),
        JobCatalogue.Read(EraseMemberJob.JobName, [$"erasure={erasure}"]), new RunOrder(null, "ada", follow ?? (_ => { })), cancelled ?? Cancelled);

    private async Task<(RunEnd, string?)> EndOfAsync(long erasure) => await EraseAsync(erasure) is var report ? (report.End, report.Reason) : default;

    /// <summary>A generation with a list for everybody from 1 to <see cref="StampedLists.Members"/>.</summary>
    private async Task<long> PublishAsync(long stamp, Func<PublicationStep, CancellationToken, Task>? reached = null)
    {
        var report = await _stores.RunAsync(new StampedJob(_stores.Publisher, stamp, reached), StampedJob.NoParameters);
        Assert.Equal((RunEnd.Succeeded, null), (report.End, report.Reason));
        return (long)report.Metrics["generation"];
    }

    private async Task<Storage.MySql.Runs.RunLease> OpenRunAsync(string job) => Assert.NotNull((await _stores.Runs.OpenAsync(
        new Storage.MySql.Runs.RunRequest(job, null, job, TimeSpan.FromMinutes(10), "{}", "a test"), Cancelled)).Lease);

    private async Task<long> RegisterAsync(Storage.MySql.Runs.RunLease? lease = null) => await _stores.Models.RegisterAsync(
        lease ?? await OpenRunAsync($"training {Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}"),
        new RegisteredModel("ials", "{}", new string('d', 64), "{}", 1, "a", new string('a', 64), "{}", null), Cancelled);

    private async Task WatchAsync(long member, int events)
    {
        var documents = Enumerable.Range(0, events).Select(number =>
        {
            var (id, source) = (new Guid((int)member, 1, (short)number, new byte[8]), new SourcePosition("watch-events", (int)member, number));
            return new EventDocument(id, source, new BsonDocument
            {
                { "_id", new BsonBinaryData(id, GuidRepresentation.Standard) }, { "type", "progress" }, { "occurredAt", DateTime.UnixEpoch.AddDays(20_000) },
                { "userId", member }, { "contentId", 7L }, { "watchedSeconds", 30.0 },
                { "source", new BsonDocument { { "topic", source.Topic }, { "partition", source.Partition }, { "offset", source.Offset } } },
            }.ToBson());
        }).ToList();
        Assert.All(await _events.AppendAsync(documents, Cancelled), outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
    }

    private Task RefuseAsync(params string[] lines) => new MongoRefusedEvents(_mongo).KeepAsync(
        [.. lines.Select((line, number) => new RefusedEvent(
            new SourcePosition("watch-events", 0, number), Encoding.UTF8.GetBytes(line), "bad_watchedSeconds", "a test", DateTimeOffset.UnixEpoch))], Cancelled);

    private async Task AssertGoneAsync(IEnumerable<long> generations)
    {
        Assert.Equal(0, await _events.ReadUserAsync(Member, Cancelled).CountAsync(Cancelled));
        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM recommendation WHERE user_id = @Member", new { Member }));
        foreach (long generation in generations)
            Assert.Null(await _stores.Cache.FindListAsync(generation, Member, Cancelled));
        foreach (var refused in await _mongo.GetCollection<BsonDocument>("refused_events").Find(new BsonDocument()).ToListAsync(Cancelled))
            Assert.False(RefusedEvent.IsOf(refused["raw"].AsByteArray, Member));
    }

    /// <summary>Neither the erasure's row nor the run, its log and its parameters know who it was.</summary>
    private async Task AssertIdIsForgottenAsync()
    {
        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM erasure WHERE user_id IS NOT NULL"));
        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM job_run WHERE job = 'erase-member' AND CAST(parameters AS CHAR) LIKE '%42%'"));
        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM audit_entry WHERE became LIKE '%member 42%' OR subject LIKE '%42%'"));
    }

    private async Task<long> ScalarAsync(string sql, object? values = null)
    {
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        return await connection.ExecuteScalarAsync<long>(sql, values);
    }
}
