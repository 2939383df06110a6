using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>The protocols by which one set of interactions is split.</summary>
public static class Protocols
{
    public const string LeaveLastOut = "leave-last-out";
    public const string StrongGeneralization = "strong-generalization";
    public const string TimeSplit = "time-split";
    public const string GivenSplit = "given-split";

    /// <summary>Only for validation parts of a given split.</summary>
    public const string RandomHoldOut = "random-hold-out";

    /// <summary>Share of the interactions, the latest, that the time split tests on.</summary>
    public const double TestShare = 0.2;

    /// <summary>Share of the members that strong generalization never trains on, and the most of them that it evaluates.</summary>
    public const double HeldOutShare = 0.1;
    public const int MaxHeldOut = 10_000;

    /// <summary>Share of a held-out member's titles that is tested; the rest is what the model gets to see.</summary>
    public const double HeldOutTestShare = 0.2;

    /// <summary>Fewest titles of a member that strong generalization holds out.</summary>
    public const int MinHeldOutTitles = 5;

    public static IReadOnlyList<string> Names { get; } = [LeaveLastOut, StrongGeneralization, TimeSplit];

    /// <param name="seed">For the protocols that draw: the same seed holds out the same.</param>
    /// <exception cref="EvaluationException">The protocol needs times that are not there, or nothing is left to evaluate.</exception>
    public static EvaluationSplit Split(string protocol, InteractionMatrix data, int seed) => protocol switch
    {
        LeaveLastOut => SplitLast(data),
        StrongGeneralization => MemberSplit.Split(data, seed),
        TimeSplit => SplitByTime(data),
        _ => throw new EvaluationException($"'{protocol}' is no protocol; valid are {string.Join(", ", Names)}."),
    };

    /// <summary>
    /// Splits the training part once more by the same protocol, for choosing settings: what is held out for the test is in neither part.
    /// A split that was given is continued as it was made: with fold-in by other members, without by a fifth of each member's titles.
    /// </summary>
    /// <param name="seed">As for <see cref="Split"/>; other members are held out than for the test, whatever it is.</param>
    /// <exception cref="EvaluationException">Nothing is left to evaluate.</exception>
    public static EvaluationSplit Validation(EvaluationSplit split, int seed)
    {
        ArgumentNullException.ThrowIfNull(split);
        return split.ValidationProtocol == RandomHoldOut
            ? SplitAtRandom(split.Train, seed)
            : Split(split.ValidationProtocol, split.Train, seed);
    }

    /// <summary>Holds out a fifth of the wanted titles of each member who has five or more.</summary>
    internal static EvaluationSplit SplitAtRandom(InteractionMatrix data, int seed)
    {
        var random = new Random(seed);
        var held = new HashSet<int>[data.Users.Count];
        for (var user = 0; user < held.Length; user++)
        {
            var values = data.ByUser.Values(user).ToArray();
            var wanted = Enumerable.Range(0, values.Length).Where(n => values[n] > 0).ToArray();
            random.Shuffle(wanted);
            held[user] = wanted.Length < MinHeldOutTitles ? [] : [.. wanted.Take((int)(wanted.Length * HeldOutTestShare))];
        }
        return Cut(data, RandomHoldOut, (user, n) => held[user].Contains(n));
    }

    /// <summary>
    /// Holds out each member's last title, of several at the same time the one with the greatest id. Disliked titles are never
    /// held out, and members with one title are trained on but not evaluated.
    /// </summary>
    private static EvaluationSplit SplitLast(InteractionMatrix data)
    {
        RequireTimes(data, LeaveLastOut);
        var last = new int[data.Users.Count];
        for (var user = 0; user < last.Length; user++)
            last[user] = LastWanted(data, user);
        return Cut(data, LeaveLastOut, (user, n) => n == last[user]);
    }

    private static EvaluationSplit SplitByTime(InteractionMatrix data)
    {
        RequireTimes(data, TimeSplit);
        var times = new List<long>(data.Count);
        for (var user = 0; user < data.Users.Count; user++)
            times.AddRange(data.LastAt(user));
        times.Sort();
        var cut = times[(int)(times.Count * (1 - TestShare))];
        return Cut(data, TimeSplit, (user, n) => data.LastAt(user)[n] >= cut);
    }

    /// <summary>Trains on what is not held out; evaluates members who keep something and lose something they wanted.</summary>
    private static EvaluationSplit Cut(InteractionMatrix data, string protocol, Func<int, int, bool> holdOut)
    {
        var kept = new SparseBuilder(data.Contents.Count);
        var histories = new SparseBuilder(data.Contents.Count);
        var targets = new SparseBuilder(data.Contents.Count);
        var times = new List<long>();
        var evaluated = new List<long>();
        var skipped = 0;
        for (var user = 0; user < data.Users.Count; user++)
        {
            var columns = data.ByUser.Columns(user);
            var values = data.ByUser.Values(user);
            var held = Enumerable.Range(0, columns.Length).Where(n => holdOut(user, n)).ToHashSet();
            var wanted = 0;
            foreach (var n in held)
                wanted += values[n] > 0 ? 1 : 0;
            var evaluate = wanted > 0 && held.Count < columns.Length;
            for (var n = 0; n < columns.Length; n++)
            {
                if (!held.Contains(n))
                {
                    kept.Add(columns[n], values[n]);
                    if (data.HasTimes)
                        times.Add(data.LastAt(user)[n]);
                    if (evaluate)
                        histories.Add(columns[n], values[n]);
                }
                else if (evaluate && values[n] > 0)
                {
                    targets.Add(columns[n], 1);
                }
            }
            kept.EndRow();
            if (evaluate)
            {
                histories.EndRow();
                targets.EndRow();
                evaluated.Add(data.Users[user]);
            }
            else if (wanted > 0)
            {
                skipped++;
            }
        }
        if (evaluated.Count == 0)
            throw new EvaluationException($"{protocol} leaves nobody to evaluate: every member needs a title to learn from and one to find.");
        var train = new InteractionMatrix(data.Users, data.Contents, kept.Build(), data.HasTimes ? [.. times] : null);
        return new EvaluationSplit(protocol, train, histories.Build(), targets.Build(), skipped) { UserIds = evaluated };
    }

    // A single title stays where it is: without it there would be nothing to learn from.
    private static int LastWanted(InteractionMatrix data, int user)
    {
        var times = data.LastAt(user);
        var values = data.ByUser.Values(user);
        var last = -1;
        for (var n = 0; n < values.Length && values.Length > 1; n++)
        {
            if (values[n] > 0 && (last < 0 || times[n] >= times[last]))
                last = n;
        }
        return last;
    }

    private static void RequireTimes(InteractionMatrix data, string protocol)
    {
        if (!data.HasTimes)
            throw new EvaluationException($"{protocol} needs a time in every row: user, item, value, time.");
    }
}

/// <summary>The evaluation that was asked for cannot be made of this data; the message says why.</summary>
public sealed class EvaluationException(string message) : Exception(message);
