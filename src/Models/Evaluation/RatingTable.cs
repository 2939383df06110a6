namespace Pipeline.Models.Evaluation;

/// <summary>Rows of a ratings file as columns. Ids that are not numbers are numbered; see <see cref="TokenIds"/>.</summary>
public sealed class RatingTable
{
    private readonly List<long> users = [];
    private readonly List<long> items = [];
    private readonly List<float> values = [];
    private readonly List<long> times = [];

    public int Count => users.Count;

    /// <summary>True where every row has a time.</summary>
    public bool HasTimes { get; private set; } = true;

    public ReadOnlySpan<long> Users => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(users);

    public ReadOnlySpan<long> Items => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(items);

    /// <summary>1 where the file gave none.</summary>
    public ReadOnlySpan<float> Values => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values);

    /// <summary>Milliseconds since 1970 UTC; empty without <see cref="HasTimes"/>.</summary>
    public ReadOnlySpan<long> Times => HasTimes ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(times) : [];

    public void Add(long user, long item, float value, long? time)
    {
        users.Add(user);
        items.Add(item);
        values.Add(value);
        if (time is { } at && HasTimes)
        {
            times.Add(at);
        }
        else
        {
            HasTimes = false;
            times.Clear();
        }
    }

    /// <summary>The rows with at least this value.</summary>
    public RatingTable AtLeast(double value)
    {
        var kept = new RatingTable();
        for (var row = 0; row < Count; row++)
        {
            if (values[row] >= value)
                kept.Add(users[row], items[row], values[row], HasTimes ? times[row] : null);
        }
        return kept;
    }
}
