namespace Pipeline.Jobs.Exchange;

/// <summary>The titles of an export by their numbers, and what the export says of itself.</summary>
/// <param name="Ids">Content ids by item number.</param>
internal sealed record ExportedContents(IReadOnlyDictionary<int, long> Ids, ExportNote Note)
{
    /// <exception cref="ImportException">It cannot be read, was not written by <c>export</c>, or has a number or a title twice.</exception>
    public static async Task<ExportedContents> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var table = await ParquetTable.OpenAsync(path, Path.GetFileName(path), cancellationToken);
        var note = ExportNote.Of(table.Metadata)
            ?? throw table.Wrong($"it does not say what was set aside for the gate: expected the {InteractionFiles.Contents} that 'export' wrote, untouched");
        var (item, content) = (table.Column<int>("item"), table.Column<long>("contentId"));
        var ids = new Dictionary<int, long>();
        var seen = new HashSet<long>();
        for (int group = 0; group < table.RowGroups; group++)
        {
            int[] items = await table.ReadAsync<int>(group, item, cancellationToken);
            long[] contents = await table.ReadAsync<long>(group, content, cancellationToken);
            for (int row = 0; row < items.Length; row++)
            {
                if (!ids.TryAdd(items[row], contents[row]))
                    throw table.Wrong($"item {items[row]} is there twice");
                if (!seen.Add(contents[row]))
                    throw table.Wrong($"title {contents[row]} is there twice");
            }
        }
        return new ExportedContents(ids, note);
    }
}
