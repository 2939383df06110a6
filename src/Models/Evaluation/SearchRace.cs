using Pipeline.Models.Kernels;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Which settings of a search are measured when, and what its budget allows. What was asked for runs all rungs first: that says what each
/// rung costs, and what the winner has to beat. Of the rest a third goes on from rung to rung.
/// </summary>
/// <param name="measure">Measures the settings of a number on a rung.</param>
/// <param name="cancellationToken">Ends everything; the budget only ends the race.</param>
internal sealed class SearchRace(
    SearchOptions options, TimeProvider clock, Func<int, int, CancellationToken, SearchTrial> measure, CancellationToken cancellationToken)
{
    /// <summary>More than a timer takes, and than anybody waits.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    private readonly long started = clock.GetTimestamp();
    private readonly Dictionary<(int Number, int Rung), SearchTrial> trials = [];
    private int rungs;
    private int last;

    /// <summary>True where the budget left anything out.</summary>
    public bool OutOfTime { get; private set; }

    public int Measured => trials.Count;

    /// <summary>Settings that were measured at all.</summary>
    public int Tried => trials.Keys.Count(key => key.Rung == 0);

    public TimeSpan Elapsed => clock.GetElapsedTime(started);

    /// <summary>Those of the last rung that could be trained, best first; of equal scores the one drawn first.</summary>
    public IReadOnlyList<SearchTrial> Best => Ranked(last);

    /// <summary>Most measurements that there can be.</summary>
    public static int Total(SearchOptions options)
    {
        var (total, survivors) = (options.Rungs - 1, options.Trials);
        for (var rung = 0; rung < options.Rungs; rung++)
        {
            total += survivors;
            survivors = Survivors(survivors);
        }
        return total;
    }

    public void Run()
    {
        RunAsked();
        IEnumerable<int> racing = Enumerable.Range(0, options.Trials);
        for (var rung = 0; rung < rungs; rung++)
        {
            var count = RunRung(rung, racing);
            if (count == 0)
                return;
            last = Ranked(rung).Count > 0 ? rung : last;
            racing = Ranked(last).Take(Survivors(count)).Select(trial => trial.Number).ToList();
        }
    }

    private void RunAsked()
    {
        for (; rungs < options.Rungs; rungs++)
        {
            // A rung that would take most of what is left is not begun: there would be nothing to compare on it.
            if (rungs > 0 && options.Budget is { } budget && SearchOptions.Reduction * Seconds(0, rungs - 1) > (budget - Elapsed).TotalSeconds / 2)
            {
                OutOfTime = true;
                return;
            }
            if (!TryMeasure(0, rungs))
                return;
        }
    }

    /// <returns>How many were measured.</returns>
    private int RunRung(int rung, IEnumerable<int> racing)
    {
        var count = 0;
        foreach (var number in racing)
        {
            if (!trials.ContainsKey((number, rung)) && (!Affords(rung, count) || !TryMeasure(number, rung)))
            {
                OutOfTime = true;
                break;
            }
            count++;
        }
        return count;
    }

    /// <summary>True while one more on this rung leaves time for the rungs to come.</summary>
    private bool Affords(int rung, int count)
    {
        if (options.Budget is not { } budget)
            return true;
        var mean = trials.Where(trial => trial.Key.Rung == rung).Average(trial => trial.Value.Seconds);
        var (needed, survivors) = (mean, count + 1);
        for (var later = rung + 1; later < rungs; later++)
        {
            survivors = Survivors(survivors);
            needed += survivors * mean * Growth(rung, later);
        }
        return (budget - Elapsed).TotalSeconds >= needed;
    }

    // A rung has three times the members of the one before, but not three times the cost: those it is measured on stay the same.
    private double Growth(int rung, int later) => trials[(0, rung)].Score is not null && trials[(0, later)].Score is not null && Seconds(0, rung) > 0
        ? Seconds(0, later) / Seconds(0, rung)
        : PortableMath.Pow(SearchOptions.Reduction, later - rung);

    private double Seconds(int number, int rung) => trials[(number, rung)].Seconds;

    private bool TryMeasure(int number, int rung)
    {
        var left = options.Budget is { } budget ? budget - Elapsed : LongestWait;
        if (left > TimeSpan.Zero)
        {
            using var timeout = new CancellationTokenSource(left < LongestWait ? left : LongestWait, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            try
            {
                trials[(number, rung)] = measure(number, rung, either.Token);
                return true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
            }
        }
        OutOfTime = true;
        return false;
    }

    private List<SearchTrial> Ranked(int rung) =>
        [.. trials.Where(trial => trial.Key.Rung == rung && trial.Value.Score is not null).Select(trial => trial.Value).OrderByDescending(trial => trial.Score).ThenBy(trial => trial.Number)];

    private static int Survivors(int count) => Math.Max(1, count / SearchOptions.Reduction);
}
