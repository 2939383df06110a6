using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// How many members two titles share. A title's row of counts costs the lengths of its members' histories; those of the most watched are
/// kept, since lists of many members are made of the same titles. For several threads at once.
/// </summary>
internal sealed class CoWatchCounts
{
    private const long MostKeptCounts = 64 << 20;

    private readonly SparseMatrix byContent;
    private readonly SparseMatrix byMember;
    private readonly int[]?[] kept;
    private readonly double[] scales;
    private readonly int fewestMembers;

    /// <param name="byContent">Shape [contents, members].</param>
    public CoWatchCounts(SparseMatrix byContent)
    {
        this.byContent = byContent;
        byMember = byContent.Transpose();
        kept = new int[]?[Contents];
        var lengths = new int[Contents];
        for (var content = 0; content < lengths.Length; content++)
            lengths[content] = byContent.RowLength(content);
        scales = Array.ConvertAll(lengths, length => length == 0 ? 0 : 1 / Math.Sqrt(length));
        var most = (int)(MostKeptCounts / Math.Max(1, Contents));
        Array.Sort(lengths);
        // More than the one that just does not fit, so that equals are never too many.
        fewestMembers = most >= Contents ? 1 : lengths[^(most + 1)] + 1;
    }

    public int Contents => byContent.RowCount;

    /// <summary><c>1/√n_i</c>; 0 where nobody has the title.</summary>
    public double Scale(int content) => scales[content];

    /// <returns>Shape [contents]: members shared with each title. Valid until <paramref name="scratch"/> is given again.</returns>
    /// <param name="scratch">Shape [contents]: holds the row where it is not kept.</param>
    public int[] Row(int content, int[] scratch)
    {
        if (Volatile.Read(ref kept[content]) is { } known)
            return known;
        if (byContent.RowLength(content) < fewestMembers)
            return Count(content, scratch);
        // Two threads may count the same row: it is the same.
        var counted = Count(content, new int[Contents]);
        Volatile.Write(ref kept[content], counted);
        return counted;
    }

    private int[] Count(int content, int[] row)
    {
        Array.Clear(row);
        foreach (var member in byContent.Columns(content))
        {
            foreach (var other in byMember.Columns(member))
                row[other]++;
        }
        return row;
    }
}
