namespace Pipeline.Models.Features;

/// <summary>Brings histories to the columns of another catalogue.</summary>
internal static class HistoryAligner
{
    /// <returns>Shape [users of <paramref name="histories"/>, <paramref name="contents"/>]; titles not in the catalogue are left out.</returns>
    public static SparseMatrix Align(InteractionMatrix histories, IdIndex contents) =>
        Align(histories.ByUser, histories.Contents, contents);

    /// <param name="rows">Shape [any, <paramref name="from"/>].</param>
    /// <returns>Shape [rows, <paramref name="to"/>].</returns>
    public static SparseMatrix Align(SparseMatrix rows, IdIndex from, IdIndex to)
    {
        var target = to.IndexesOf(from.Ids);
        var starts = new int[rows.RowCount + 1];
        var columns = new List<int>(rows.Count);
        var values = new List<float>(rows.Count);
        for (var row = 0; row < rows.RowCount; row++)
        {
            var confidences = rows.Values(row);
            var sources = rows.Columns(row);
            for (var n = 0; n < sources.Length; n++)
            {
                // Both catalogues ascend by id, so the columns of a row stay in order.
                if (target[sources[n]] < 0)
                    continue;
                columns.Add(target[sources[n]]);
                values.Add(confidences[n]);
            }
            starts[row + 1] = columns.Count;
        }
        return new SparseMatrix(to.Count, starts, [.. columns], [.. values]);
    }
}
