namespace Pipeline.Models.Features;

/// <summary>What members said, in two parts that differ in what follows from them.</summary>
/// <param name="Interactions">What members have had of titles, wanted or not: learned from, and kept off their lists.</param>
/// <param name="Hints">
/// What was said in passing: titles that were shown and not chosen (negative), and titles that a stall or an error kept a member from
/// (positive). Learned from, but such a title may stand on the member's list.
/// </param>
public sealed record FeatureSet(InteractionMatrix Interactions, InteractionMatrix Hints)
{
    /// <summary>
    /// Both parts of the members for whom <paramref name="isTrained"/> holds, over the catalogue of the interactions: hints at titles that
    /// nobody has had are left out.
    /// </summary>
    public InteractionMatrix ForTraining(Predicate<long> isTrained)
    {
        ArgumentNullException.ThrowIfNull(isTrained);
        var columns = new InteractionColumns();
        AddRows(Interactions, isTrained, columns);
        var users = IdIndex.Of(columns.Users);
        AddRows(Hints, user => users.IndexOf(user) >= 0, columns);
        return columns.ToMatrix(users, Interactions.Contents);
    }

    private static void AddRows(InteractionMatrix source, Predicate<long> isWanted, InteractionColumns target)
    {
        for (var user = 0; user < source.Users.Count; user++)
        {
            if (!isWanted(source.Users[user]))
                continue;
            var contents = source.ByUser.Columns(user);
            var times = source.LastAt(user);
            for (var n = 0; n < contents.Length; n++)
                target.Add(source.Users[user], source.Contents[contents[n]], source.ByUser.Values(user)[n], times.IsEmpty ? 0 : times[n]);
        }
    }
}
