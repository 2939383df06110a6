namespace Pipeline.Models.Ranking;

/// <summary>Lists of consecutive rows. Best first; of equal scores the smaller content index first.</summary>
/// <param name="firstRow">Row of the first list.</param>
/// <param name="k">Room per list.</param>
public sealed class TopKBlock(int firstRow, int rowCount, int k)
{
    private readonly int[] items = new int[rowCount * k];
    private readonly float[] scores = new float[rowCount * k];
    private readonly int[] lengths = new int[rowCount];

    public int FirstRow => firstRow;

    public int RowCount => rowCount;

    /// <summary>Content indexes of one row's list.</summary>
    /// <param name="row">Counted from <see cref="FirstRow"/>.</param>
    public ReadOnlySpan<int> Items(int row) => items.AsSpan(row * k, lengths[row]);

    public ReadOnlySpan<float> Scores(int row) => scores.AsSpan(row * k, lengths[row]);

    internal void Set(int row, ReadOnlySpan<Candidate> best)
    {
        lengths[row] = best.Length;
        for (var n = 0; n < best.Length; n++)
        {
            items[row * k + n] = best[n].Item;
            scores[row * k + n] = best[n].Score;
        }
    }
}
