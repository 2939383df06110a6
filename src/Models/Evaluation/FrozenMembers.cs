using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Members whom no model is trained on, tonight or any other night, because a hash of their id says so. Models of different nights can be
/// asked the same questions about them, and none has seen the answers; the model that was measured is the one that is served. They get
/// their own lists like everybody, from their history.
/// </summary>
public static class FrozenMembers
{
    public const string Protocol = "frozen-members";

    /// <summary>Share of a member's wanted titles, the latest, that a model has to find.</summary>
    public const double TargetShare = 0.2;

    /// <summary>Members that are enough to tell models apart.</summary>
    private const double Enough = 2_000;

    /// <summary>Share of the members to set aside: enough of them, and between 2 and 20 in a hundred.</summary>
    public static double ShareFor(int members) => Math.Clamp(Enough / Math.Max(1, members), 0.02, 0.2);

    /// <summary>Where a member stands between 0 and 1: the same for ever, and nothing to do with who they are.</summary>
    public static double PlaceOf(long userId)
    {
        // The finaliser of SplitMix64: G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
        var bits = unchecked((ulong)userId + 0x9E37_79B9_7F4A_7C15);
        bits = unchecked((bits ^ (bits >> 30)) * 0xBF58_476D_1CE4_E5B9);
        bits = unchecked((bits ^ (bits >> 27)) * 0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        return (bits >> 11) * (1.0 / (1L << 53));
    }

    /// <summary>
    /// Trains on the members from <paramref name="to"/> on, asks those between <paramref name="from"/> and there: from what they watched
    /// first, a model has to find the last fifth, one title at least. The catalogue is that of all members.
    /// </summary>
    /// <exception cref="EvaluationException">There are no times, or nobody is left to train on or to ask.</exception>
    public static EvaluationSplit Split(InteractionMatrix data, double from, double to) =>
        Split(new FeatureSet(data, InteractionMatrix.FromColumns([], [], [], [])), from, to);

    /// <summary>As above; hints are learned from, and are no part of what is asked.</summary>
    /// <exception cref="EvaluationException">There are no times, or nobody is left to train on or to ask.</exception>
    public static EvaluationSplit Split(FeatureSet features, double from, double to)
    {
        ArgumentNullException.ThrowIfNull(features);
        var data = features.Interactions;
        if (!data.HasTimes)
            throw new EvaluationException($"{Protocol} needs a time with every interaction.");
        var histories = new SparseBuilder(data.Contents.Count);
        var targets = new SparseBuilder(data.Contents.Count);
        var evaluated = new List<long>();
        var skipped = 0;
        for (var user = 0; user < data.Users.Count; user++)
        {
            var place = PlaceOf(data.Users[user]);
            if (place < from || place >= to)
                continue;
            if (Ask(data, user, histories, targets))
                evaluated.Add(data.Users[user]);
            else
                skipped++;
        }
        if (evaluated.Count == 0)
            throw new EvaluationException($"{Protocol} leaves nobody to ask: a member needs two titles, one to learn from and one to find.");
        return new EvaluationSplit(Protocol, TrainingPart(features, to), histories.Build(), targets.Build(), skipped) { UserIds = evaluated };
    }

    /// <exception cref="EvaluationException">Nobody is left to train on.</exception>
    private static InteractionMatrix TrainingPart(FeatureSet features, double from)
    {
        var train = features.ForTraining(user => PlaceOf(user) >= from);
        return train.Count > 0
            ? train
            : throw new EvaluationException($"{Protocol} leaves nobody to train on: there are {features.Interactions.Users.Count} members.");
    }

    private static bool Ask(InteractionMatrix data, int user, SparseBuilder histories, SparseBuilder targets)
    {
        var columns = data.ByUser.Columns(user);
        var values = data.ByUser.Values(user);
        var times = data.LastAt(user).ToArray();
        // Of titles of the same time the greater id counts as the later.
        int[] wanted = [.. Wanted(values).OrderBy(n => times[n])];
        if (wanted.Length < 2)
            return false;
        var hidden = wanted[^Math.Max(1, (int)(wanted.Length * TargetShare))..];
        Array.Sort(hidden);
        var before = hidden.Min(n => times[n]);
        for (var n = 0; n < columns.Length; n++)
        {
            if (Array.BinarySearch(hidden, n) >= 0)
                targets.Add(columns[n], 1);
            else if (values[n] > 0 || times[n] < before)
                histories.Add(columns[n], values[n]);
        }
        histories.EndRow();
        targets.EndRow();
        return true;
    }

    private static List<int> Wanted(ReadOnlySpan<float> values)
    {
        var wanted = new List<int>(values.Length);
        for (var n = 0; n < values.Length; n++)
        {
            if (values[n] > 0)
                wanted.Add(n);
        }
        return wanted;
    }
}
