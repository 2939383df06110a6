using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>A trained model that ranks its whole catalogue for any history, of a member it was trained on or not.</summary>
public interface IRecommender
{
    /// <summary>The field's name of the algorithm, as settings and registry write it.</summary>
    string Algorithm { get; }

    /// <summary>Every setting with the value that it was trained with, also where that was chosen from the data.</summary>
    IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The catalogue: columns of histories, and ids of what is recommended.</summary>
    IdIndex Contents { get; }

    /// <summary>
    /// Exact best titles for each history, without the history's own. Lists come in the order of the histories, a block at a time;
    /// memory does not grow with their number.
    /// </summary>
    /// <param name="histories">Shape [any, <see cref="Contents"/>], values are signed confidences.</param>
    /// <exception cref="OperationCanceledException">Checked for every block.</exception>
    IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken);
}

/// <param name="K">Length of a list; shorter where the catalogue has no more.</param>
/// <param name="Excluded">Titles that nobody gets, by content index; null for none.</param>
public sealed record TopKOptions(int K, IReadOnlySet<int>? Excluded = null);
