using Pipeline.Models.Features;

namespace Pipeline.Models.Training.ItemToItem;

/// <summary>
/// XᵀX, a row at a time: for one title the sum of products with every other, over the members who have both. Not for several threads
/// at once; each worker has its own.
/// </summary>
/// <param name="byUser">X, shape [users, titles], without disliked titles.</param>
/// <param name="byContent">Its transpose.</param>
internal sealed class ItemProducts(SparseMatrix byUser, SparseMatrix byContent)
{
    private readonly float[] sums = new float[byUser.ColumnCount];
    private readonly int[] touched = new int[byUser.ColumnCount];
    private readonly int[] lastRow = new int[byUser.ColumnCount];
    private int row;
    private int count;

    /// <summary>Titles that have a member in common with the last row's, itself among them; in the order found.</summary>
    public ReadOnlySpan<int> Touched => touched.AsSpan(0, count);

    /// <summary>The sum for one of <see cref="Touched"/>.</summary>
    public float this[int title] => sums[title];

    /// <summary>Computes the row of one title; members are added in their order.</summary>
    public void Compute(int title)
    {
        row++;
        count = 0;
        var users = byContent.Columns(title);
        var weights = byContent.Values(title);
        for (var n = 0; n < users.Length; n++)
        {
            var others = byUser.Columns(users[n]);
            var values = byUser.Values(users[n]);
            for (var m = 0; m < others.Length; m++)
            {
                var other = others[m];
                if (lastRow[other] != row)
                {
                    lastRow[other] = row;
                    sums[other] = 0;
                    touched[count++] = other;
                }
                sums[other] += weights[n] * values[m];
            }
        }
    }
}
