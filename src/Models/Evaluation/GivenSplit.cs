using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>A split that came as files. Every test row is relevant, whatever its value, but for those that a history has as well.</summary>
public static class GivenSplit
{
    /// <param name="foldIn">
    /// What the test members have, where training does not have them (strong generalization); null where it does. With it, only what
    /// it holds is kept off a member's list.
    /// </param>
    /// <param name="confidences">Takes the values that training and histories have; otherwise every row counts 1.</param>
    /// <remarks>The tables give up their rows; see <see cref="RatingTable.TakeInteractions(IdIndex, IdIndex, bool, bool)"/>.</remarks>
    /// <exception cref="EvaluationException">No member of the test part has a history.</exception>
    public static EvaluationSplit Create(RatingTable train, RatingTable test, RatingTable? foldIn, bool confidences = false)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        var catalogue = IdIndex.Of([.. train.ItemIds, .. foldIn is null ? [] : foldIn.ItemIds, .. test.ItemIds]);
        var trained = Take(train, catalogue, confidences, times: true);
        var known = foldIn is null
            ? trained
            : Take(foldIn, catalogue, confidences, times: false);
        var relevant = Take(test, catalogue, confidences: false, times: false);

        var histories = new SparseBuilder(catalogue.Count);
        var targets = new SparseBuilder(catalogue.Count);
        var evaluated = new List<long>();
        var (repeated, skipped) = (0, 0);
        for (var user = 0; user < relevant.Users.Count; user++)
        {
            var row = known.Users.IndexOf(relevant.Users[user]);
            var had = row < 0 ? [] : known.ByUser.Columns(row);
            var wanted = relevant.ByUser.Columns(user);
            var found = 0;
            foreach (var content in wanted)
                found += had.BinarySearch(content) >= 0 ? 1 : 0;
            repeated += found;
            if (had.IsEmpty || found == wanted.Length)
            {
                skipped++;
                continue;
            }
            for (var n = 0; n < had.Length; n++)
                histories.Add(had[n], known.ByUser.Values(row)[n]);
            histories.EndRow();
            foreach (var content in wanted)
            {
                if (had.BinarySearch(content) < 0)
                    targets.Add(content, 1);
            }
            targets.EndRow();
            evaluated.Add(relevant.Users[user]);
        }
        var part = foldIn is null ? "training" : "fold-in";
        if (evaluated.Count == 0)
        {
            throw new EvaluationException(repeated > 0
                ? $"Everything in the test part is in the {part} part as well; a title that a member has is never recommended."
                : $"No member of the test part has anything in the {part} part.");
        }
        return new EvaluationSplit(
            Protocols.GivenSplit, trained, histories.Build(), targets.Build(), skipped)
        {
            KnownTargets = repeated,
            UserIds = evaluated,
            ValidationProtocol = foldIn is null ? Protocols.RandomHoldOut : Protocols.StrongGeneralization,
        };
    }

    private static InteractionMatrix Take(RatingTable table, IdIndex catalogue, bool confidences, bool times) =>
        table.TakeInteractions(IdIndex.Of(table.UserIds), catalogue, confidences, times);
}
