using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>A split that came as files. Every test row is relevant, whatever its value.</summary>
public static class GivenSplit
{
    /// <param name="foldIn">
    /// What the test members have, where training does not have them (strong generalization); null where it does. With it, only what
    /// it holds is kept off a member's list.
    /// </param>
    /// <remarks>The tables give up their rows; see <see cref="RatingTable.TakeInteractions(IdIndex, IdIndex, bool, bool)"/>.</remarks>
    /// <exception cref="EvaluationException">No member of the test part has a history.</exception>
    public static EvaluationSplit Create(RatingTable train, RatingTable test, RatingTable? foldIn)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        var catalogue = IdIndex.Of([.. train.ItemIds, .. foldIn is null ? [] : foldIn.ItemIds, .. test.ItemIds]);
        var trained = Take(train, catalogue, times: true);
        var known = foldIn is null
            ? trained
            : Take(foldIn, catalogue, times: false);
        var relevant = Take(test, catalogue, times: false);

        var histories = new SparseBuilder(catalogue.Count);
        var targets = new SparseBuilder(catalogue.Count);
        var evaluated = new List<long>();
        for (var user = 0; user < relevant.Users.Count; user++)
        {
            var row = known.Users.IndexOf(relevant.Users[user]);
            if (row < 0)
                continue;
            AddRow(histories, known.ByUser, row);
            AddRow(targets, relevant.ByUser, user);
            evaluated.Add(relevant.Users[user]);
        }
        if (evaluated.Count == 0)
            throw new EvaluationException($"No member of the test part has anything in the {(foldIn is null ? "training" : "fold-in")} part.");
        return new EvaluationSplit(
            Protocols.GivenSplit, trained, histories.Build(), targets.Build(), relevant.Users.Count - evaluated.Count)
        {
            UserIds = evaluated,
            ValidationProtocol = foldIn is null ? Protocols.RandomHoldOut : Protocols.StrongGeneralization,
        };
    }

    private static InteractionMatrix Take(RatingTable table, IdIndex catalogue, bool times) =>
        table.TakeInteractions(IdIndex.Of(table.UserIds), catalogue, confidences: false, times);

    private static void AddRow(SparseBuilder target, SparseMatrix source, int row)
    {
        for (var n = 0; n < source.RowLength(row); n++)
            target.Add(source.Columns(row)[n], source.Values(row)[n]);
        target.EndRow();
    }
}
