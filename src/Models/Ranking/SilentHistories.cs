using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>
/// Histories without a wanted title. A model of factors folds them in to 0, and would list the catalogue in the order of its ids: they
/// get no list instead, and whoever asked puts what is popular there.
/// </summary>
internal static class SilentHistories
{
    public static TopKBlock Empty(TopKBlock block, SparseMatrix histories)
    {
        for (var row = 0; row < block.RowCount; row++)
        {
            if (!Interactions.SaysWhatIsWanted(histories.Values(block.FirstRow + row)))
                block.Set(row, []);
        }
        return block;
    }
}
