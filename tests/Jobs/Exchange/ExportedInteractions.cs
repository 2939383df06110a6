using Parquet;
using Parquet.Data;

namespace Pipeline.Jobs.Tests.Exchange;

/// <summary>An export, read as an engine would that knows nothing of us.</summary>
internal sealed record ExportedInteractions(int[] Users, int[] Items, float[] Confidences, long[] Contents, int RowGroups)
{
    public static async Task<ExportedInteractions> ReadAsync(string folder)
    {
        await using var interactions = await ParquetReader.CreateAsync(Path.Combine(folder, "interactions.parquet"), null, TestContext.Current.CancellationToken);
        Assert.Equal(["user:Int32", "item:Int32", "confidence:Single"], interactions.Schema.DataFields.Select(field => $"{field.Path}:{field.ClrType.Name}"));
        await using var contents = await ParquetReader.CreateAsync(Path.Combine(folder, "contents.parquet"), null, TestContext.Current.CancellationToken);
        Assert.Equal(["item:Int32", "contentId:Int64"], contents.Schema.DataFields.Select(field => $"{field.Path}:{field.ClrType.Name}"));
        int[] items = await ColumnAsync<int>(contents, 0);
        Assert.Equal(Enumerable.Range(0, items.Length), items);
        return new ExportedInteractions(
            await ColumnAsync<int>(interactions, 0), await ColumnAsync<int>(interactions, 1), await ColumnAsync<float>(interactions, 2),
            await ColumnAsync<long>(contents, 1), interactions.RowGroupCount);
    }

    /// <summary>What each member has had, as one text a member, in no order of members.</summary>
    public IReadOnlyList<string> Histories =>
    [
        .. Enumerable.Range(0, Users.Length).GroupBy(row => Users[row])
            .Select(rows => string.Join(' ', rows.Select(row => (Title: Contents[Items[row]], Confidence: Confidences[row])).OrderBy(pair => pair.Title)))
            .Order(StringComparer.Ordinal),
    ];

    private static async Task<T[]> ColumnAsync<T>(ParquetReader file, int column)
        where T : struct
    {
        var values = new List<T>();
        for (int group = 0; group < file.RowGroupCount; group++)
        {
            using var rows = file.OpenRowGroupReader(group);
            using var raw = (RawColumnData<T>)await rows.ReadRawColumnDataBaseAsync(file.Schema.DataFields[column], TestContext.Current.CancellationToken);
            values.AddRange(raw.Values);
        }
        return [.. values];
    }
}
