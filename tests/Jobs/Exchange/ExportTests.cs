using System.Security.Cryptography;
using Pipeline.Jobs.Exchange;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;

namespace Pipeline.Jobs.Tests.Exchange;

/// <summary>What leaves for another engine.</summary>
[Trait("speed", "server")]
public sealed class ExportTests : IAsyncLifetime
{
    private ExchangeWorld _world = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await ExchangeWorld.CreateAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task What_leaves_is_what_training_trains_on_and_nobody_whom_the_gate_asks()
    {
        var trained = await _world.TrainAsync();
        Assert.Equal((RunEnd.Succeeded, (string?)null), (trained.End, trained.Reason));

        var (report, summary) = await _world.ExportAsync();

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        var model = await _world.Stores.Models.FindAsync((long)trained.Metrics["model"], Cancelled);
        Assert.Equal(await DataDigestAsync(model!.ModelId), summary!.Digest);
        var train = FrozenMembers.Split((await _world.HistoriesAsync()).Features, 0, 0.2).Train;
        var read = await ExportedInteractions.ReadAsync(_world.Export);
        Assert.Equal(Histories(train), read.Histories);
        Assert.Contains(read.Confidences, confidence => confidence < 0);
        Assert.Equal(Enumerable.Range(0, train.Users.Count), read.Users.Distinct());
        Assert.Equal((train.Count + 999) / 1_000, read.RowGroups);
        Assert.Equal((train.Users.Count, train.Contents.Count, train.Count, 0.2), (summary.Users, summary.Items, summary.Interactions, summary.HeldOutShare));
        foreach (var file in summary.Files)
        {
            byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(_world.Export, file.Name), Cancelled);
            Assert.Equal((bytes.LongLength, Convert.ToHexStringLower(SHA256.HashData(bytes))), (file.Bytes, file.Sha256));
        }
    }

    [Fact]
    public async Task The_same_events_give_the_same_interactions_and_an_earlier_export_is_replaced_where_that_was_said()
    {
        var first = (await _world.ExportAsync()).Summary!;
        var contents = await ExportedContents.ReadAsync(Path.Combine(_world.Export, "contents.parquet"), Cancelled);
        Assert.Equal(new ExportNote(first.Digest, 0.2, first.ReadAt), contents.Note);
        var read = await ExportedInteractions.ReadAsync(_world.Export);

        var second = (await _world.ExportAsync(replaces: true)).Summary!;

        Assert.Equal(first.Digest, second.Digest);
        var again = await ExportedInteractions.ReadAsync(_world.Export);
        Assert.Equal(read.Users, again.Users);
        Assert.Equal(read.Items, again.Items);
        Assert.Equal(read.Confidences, again.Confidences);
        Assert.Equal(["contents.parquet", "interactions.parquet"], Directory.GetFiles(_world.Export).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task An_export_that_is_there_is_not_replaced_without_a_word()
    {
        await _world.ExportAsync();
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(_world.Export, "contents.parquet"), Cancelled);

        var problem = Assert.Throws<UsageException>(() => ExportFolder.RequireFree(_world.Export, false, ExportInteractionsJob.FileNames));
        Assert.Contains("is there already: give another folder, or --overwrite", problem.Message);
        // Whoever comes between the look and the writing is not overwritten either.
        var (report, summary) = await _world.ExportAsync();
        Assert.Equal((RunEnd.Failed, (ExportSummary?)null), (report.End, summary));
        Assert.Contains("has appeared meanwhile", report.Reason);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_world.Export, "contents.parquet"), Cancelled));
        Assert.Equal(2, Directory.GetFileSystemEntries(_world.Export).Length);
        ExportFolder.RequireFree(_world.Export, true, ExportInteractionsJob.FileNames);
    }

    [Fact]
    public async Task What_is_cut_off_leaves_nothing_and_takes_nothing()
    {
        var data = FrozenMembers.Split((await _world.HistoriesAsync()).Features, 0, 0.2).Train;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CutOffAsync(data, "interrupted"));
        Assert.False(Directory.Exists(_world.Export));

        await _world.ExportAsync();
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(_world.Export, "interactions.parquet"), Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CutOffAsync(data, "interrupted"));
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_world.Export, "interactions.parquet"), Cancelled));
        Assert.Equal(2, Directory.GetFileSystemEntries(_world.Export).Length);
    }

    /// <summary>Is interrupted after the first row group of several.</summary>
    private async Task CutOffAsync(InteractionMatrix data, string mark)
    {
        using var stop = new CancellationTokenSource();
        var files = new InteractionFiles(data, new ExportNote(data.Digest, 0.2, DateTime.UnixEpoch)) { RowsPerGroup = 100 };
        var reached = new List<double>();
        try
        {
            await new ExportFolder(_world.Export, true, mark).WriteAsync(
                [
                    ("interactions.parquet", stream => files.WriteInteractionsAsync(stream, Stop, stop.Token)),
                    ("contents.parquet", stream => files.WriteContentsAsync(stream, stop.Token)),
                ], stop.Token);
        }
        finally
        {
            Assert.True(Assert.Single(reached) < 0.5);
        }

        void Stop(double share)
        {
            reached.Add(share);
            stop.Cancel();
        }
    }

    [Fact]
    public async Task Where_there_is_nothing_to_export_the_run_fails_and_no_folder_is_made()
    {
        var (report, _) = await _world.ExportAsync(false, "as-of=2020-01-01T00:00:00Z");
        Assert.Equal(RunEnd.Failed, report.End);
        Assert.StartsWith("no event in the range says what anybody likes: it looked at 400 days before 2020-01-01", report.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_world.Export));
        Assert.Contains("export-interactions has no parameter 'rank'", Assert.Throws<UsageException>(() => ExportInteractionsJob.Read("x", ["rank=3"])).Message);
    }

    private async Task<string> DataDigestAsync(long model) =>
        (await new Storage.MySql.Models.ModelHistory(_world.Stores.Database).FindAsync(model, Cancelled))!.DataDigest;

    private static IReadOnlyList<string> Histories(InteractionMatrix data) =>
    [
        .. Enumerable.Range(0, data.Users.Count)
            .Select(row => string.Join(' ', Enumerable.Range(0, data.ByUser.RowLength(row))
                .Select(n => (Title: data.Contents[data.ByUser.Columns(row)[n]], Confidence: data.ByUser.Values(row)[n])).OrderBy(pair => pair.Title)))
            .Order(StringComparer.Ordinal),
    ];
}
