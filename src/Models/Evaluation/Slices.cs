namespace Pipeline.Models.Evaluation;

/// <summary>Some of the evaluated members.</summary>
/// <param name="Name">Such as <c>new</c>, or <c>region=KR</c>.</param>
/// <param name="Rows">Rows of the split, ascending.</param>
public sealed record Slice(string Name, int[] Rows)
{
    /// <summary>The members' own values out of those of all evaluated members.</summary>
    public double[] Select(ReadOnlySpan<double> values)
    {
        var selected = new double[Rows.Length];
        for (var n = 0; n < selected.Length; n++)
            selected[n] = values[Rows[n]];
        return selected;
    }
}

/// <summary>The slices that reports and the gate look at: an average can hide whom it fails.</summary>
public static class Slices
{
    /// <summary>Most titles in the history of a new member.</summary>
    public const int NewTitles = 5;

    public const string New = "new";
    public const string Light = "light";
    public const string Heavy = "heavy";

    /// <summary>
    /// New members have at most <see cref="NewTitles"/> titles to learn from; of the others, heavy ones have more than the median of
    /// those and light ones the rest.
    /// </summary>
    public static IReadOnlyList<Slice> ByActivity(EvaluationSplit split)
    {
        ArgumentNullException.ThrowIfNull(split);
        var lengths = Enumerable.Range(0, split.EvaluatedUsers).Select(split.Histories.RowLength).ToArray();
        int[] others = [.. lengths.Where(length => length > NewTitles).Order()];
        var median = others.Length == 0 ? 0 : others[(others.Length - 1) / 2];
        return By(row => lengths[row] <= NewTitles ? New : lengths[row] <= median ? Light : Heavy, split.EvaluatedUsers, [New, Light, Heavy]);
    }

    /// <summary>A slice for each value of an attribute of members, most members first.</summary>
    /// <param name="attribute">Such as <c>region</c>.</param>
    /// <param name="valueOf">Of a member's id; null where it is not known.</param>
    public static IReadOnlyList<Slice> ByAttribute(EvaluationSplit split, string attribute, Func<long, string?> valueOf)
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(valueOf);
        var names = split.UserIds.Select(user => valueOf(user) is { } value ? $"{attribute}={value}" : null).ToArray();
        var order = names.OfType<string>().CountBy(name => name).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal);
        return By(row => names[row], names.Length, [.. order.Select(pair => pair.Key)]);
    }

    private static List<Slice> By(Func<int, string?> nameOf, int rows, IReadOnlyList<string> order)
    {
        var members = Enumerable.Range(0, rows).ToLookup(nameOf);
        return [.. order.Where(members.Contains).Select(name => new Slice(name, [.. members[name]]))];
    }
}
