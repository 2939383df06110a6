using Parquet;
using Parquet.Schema;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;

namespace Pipeline.Jobs.Exchange;

/// <summary>
/// Interactions as two Parquet files, in the types that Spark's ALS takes: ids that fit 32 bits, and one float for each pair. Members are
/// numbers from 0 in an order that has nothing to do with their ids, and nothing says whose number is whose.
/// </summary>
internal sealed class InteractionFiles(InteractionMatrix data, ExportNote note)
{
    /// <summary>
    /// <c>user</c> int32, <c>item</c> int32, <c>confidence</c> float32, one row for each pair, user by user. A confidence is signed, as
    /// <see cref="SignalWeights.Confidence"/> has it: below 0 the title was not wanted, which is what Spark takes it for with <c>implicitPrefs</c>.
    /// </summary>
    public const string Interactions = "interactions.parquet";

    /// <summary><c>item</c> int32, <c>contentId</c> int64: what title a number stands for.</summary>
    public const string Contents = "contents.parquet";

    /// <summary>A row group's 12 MiB are all that is held at once, beside their compressed form.</summary>
    public const int DefaultRowsPerGroup = 1 << 20;

    /// <summary>What the writer's pools keep between row groups, each of two, bytes.</summary>
    private const int PooledBytes = 16 * 1024 * 1024;

    // Plain values and Snappy: what every version of Spark that is in use reads.
    private static readonly ParquetOptions Options = new()
    {
        CompressionMethod = CompressionMethod.Snappy, MaximumSmallPoolFreeBytes = PooledBytes, MaximumLargePoolFreeBytes = PooledBytes,
    };

    private static readonly ParquetSchema InteractionSchema =
        new(new DataField<int>("user", nullable: false), new DataField<int>("item", nullable: false), new DataField<float>("confidence", nullable: false));

    private static readonly ParquetSchema ContentSchema = new(new DataField<int>("item", nullable: false), new DataField<long>("contentId", nullable: false));

    /// <summary>Most rows of a row group.</summary>
    public int RowsPerGroup { get; init; } = DefaultRowsPerGroup;

    /// <param name="progress">Is told the share that is written.</param>
    public async Task WriteInteractionsAsync(Stream target, Action<double> progress, CancellationToken cancellationToken)
    {
        await using var writer = await ParquetWriter.CreateAsync(InteractionSchema, target, Options, cancellationToken: cancellationToken);
        writer.CustomMetadata = note.ToMetadata();
        int length = Math.Min(RowsPerGroup, data.Count), filled = 0, written = 0, user = 0;
        var (users, items, confidences) = (new int[length], new int[length], new float[length]);
        foreach (int row in Enumerable.Range(0, data.Users.Count).OrderBy(row => FrozenMembers.PlaceOf(data.Users[row])))
        {
            for (int n = 0; n < data.ByUser.RowLength(row); n++)
            {
                (users[filled], items[filled], confidences[filled]) = (user, data.ByUser.Columns(row)[n], Confidence(row, n));
                if (++filled == length)
                    await FlushAsync();
            }
            user++;
        }
        if (filled > 0)
            await FlushAsync();

        async Task FlushAsync()
        {
            // The library does not look between columns.
            cancellationToken.ThrowIfCancellationRequested();
            using (var group = writer.CreateRowGroup())
            {
                await WriteAsync<int>(group, InteractionSchema.DataFields[0], users.AsMemory(0, filled), cancellationToken);
                await WriteAsync<int>(group, InteractionSchema.DataFields[1], items.AsMemory(0, filled), cancellationToken);
                await WriteAsync<float>(group, InteractionSchema.DataFields[2], confidences.AsMemory(0, filled), cancellationToken);
                group.CompleteValidate();
            }
            written += filled;
            filled = 0;
            progress(written / (double)data.Count);
        }
    }

    public async Task WriteContentsAsync(Stream target, CancellationToken cancellationToken)
    {
        await using var writer = await ParquetWriter.CreateAsync(ContentSchema, target, Options, cancellationToken: cancellationToken);
        writer.CustomMetadata = note.ToMetadata();
        using var group = writer.CreateRowGroup();
        await WriteAsync<int>(group, ContentSchema.DataFields[0], Enumerable.Range(0, data.Contents.Count).ToArray(), cancellationToken);
        await WriteAsync<long>(group, ContentSchema.DataFields[1], data.Contents.Ids.ToArray(), cancellationToken);
        group.CompleteValidate();
    }

    private float Confidence(int row, int n)
    {
        var values = data.ByUser.Values(row);
        return values.IsEmpty ? 1 : values[n];
    }

    private static Task WriteAsync<T>(ParquetRowGroupWriter group, DataField column, ReadOnlyMemory<T> values, CancellationToken cancellationToken)
        where T : struct => group.WriteAsync(column, values, null, null, cancellationToken);
}
