using Pipeline.Models.Kernels;

namespace Pipeline.Models.Evaluation;

/// <summary>How far the groups of a growing list are from those of a history: <see cref="ListMetrics.Calibration"/>, title by title.</summary>
internal sealed class GroupDivergence(ContentGroups groups)
{
    /// <summary>Steck's α: share of the history's distribution that is mixed into the list's, so that no logarithm is infinite.</summary>
    public const double Smoothing = 0.01;

    private readonly double[] wanted = new double[groups.Names.Count];
    private readonly double[] listed = new double[groups.Names.Count];
    private int length;

    /// <summary>Begins an empty list.</summary>
    /// <returns>False for a history that says nothing of what is wanted.</returns>
    public bool Begin(ReadOnlySpan<int> history, ReadOnlySpan<float> confidences)
    {
        Array.Clear(wanted);
        Array.Clear(listed);
        length = 0;
        var total = 0.0;
        for (var n = 0; n < history.Length; n++)
        {
            if (confidences[n] <= 0)
                continue;
            Add(wanted, history[n], confidences[n]);
            total += confidences[n];
        }
        if (total == 0)
            return false;
        for (var group = 0; group < wanted.Length; group++)
            wanted[group] /= total;
        return true;
    }

    /// <summary>Appends a title.</summary>
    public void Take(int item)
    {
        Add(listed, item, 1);
        length++;
    }

    /// <summary>Divergence of the list as it is, nats; that of an empty list is 0.</summary>
    public double Value() => length == 0 ? 0 : Math.Max(0, Sum(length));

    /// <summary>Divergence of the list with one title more.</summary>
    public double With(int item)
    {
        Add(listed, item, 1);
        var value = Sum(length + 1);
        Add(listed, item, -1);
        return Math.Max(0, value);
    }

    private double Sum(int count)
    {
        var divergence = 0.0;
        for (var group = 0; group < wanted.Length; group++)
        {
            var p = wanted[group];
            if (p > 0)
                divergence += p * PortableMath.Log(p / (((1 - Smoothing) * Math.Max(0, listed[group]) / count) + (Smoothing * p)));
        }
        return divergence;
    }

    private void Add(double[] distribution, int item, double weight)
    {
        var columns = groups.Weights.Columns(item);
        for (var n = 0; n < columns.Length; n++)
            distribution[columns[n]] += weight * groups.Weights.Values(item)[n];
    }
}
