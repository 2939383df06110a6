using Pipeline.JobStorage.Data;

namespace Pipeline.JobStorage;

/// <content>Sets, hashes, lists and counters.</content>
internal sealed partial class MySqlStorageConnection
{
    public override HashSet<string> GetAllItemsFromSet(string key) => [.. Texts("Collections/set_all.sql", Key(key))];

    public override string? GetFirstByLowestScoreFromSet(string key, double fromScore, double toScore)
    {
        var first = GetFirstByLowestScoreFromSet(key, fromScore, toScore, 1);
        return first.Count == 0 ? null : first[0];
    }

    public override List<string> GetFirstByLowestScoreFromSet(string key, double fromScore, double toScore, int count)
    {
        var name = Key(key);
        if (toScore < fromScore)
            throw new ArgumentException("the highest score is below the lowest", nameof(toScore));
        if (count <= 0)
            throw new ArgumentException("at least one is asked for", nameof(count));
        return Texts("Collections/set_lowest.sql", name, Value.Score("fromScore", fromScore), Value.Score("toScore", toScore), new("count", count));
    }

    public override long GetSetCount(string key) => Number("Collections/set_count.sql", Key(key), new("limit", long.MaxValue));

    public override long GetSetCount(IEnumerable<string> keys, int limit)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        long counted = 0;
        foreach (string key in keys)
        {
            if (counted >= limit)
                break;
            counted += Number("Collections/set_count.sql", Key(key), new("limit", limit - counted));
        }
        return counted;
    }

    public override bool GetSetContains(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Number("Collections/set_contains.sql", Key(key), new("value", value)) > 0;
    }

    public override List<string> GetRangeFromSet(string key, int startingFrom, int endingAt) =>
        Texts("Collections/set_range.sql", [Key(key), .. Range(startingFrom, endingAt)]);

    public override TimeSpan GetSetTtl(string key) => Ttl("Collections/set_ttl.sql", Key(key));

    public override void SetRangeInHash(string key, IEnumerable<KeyValuePair<string, string>> keyValuePairs)
    {
        using var transaction = new MySqlWriteTransaction(this);
        transaction.SetRangeInHash(key, keyValuePairs);
        transaction.Commit();
    }

    public override Dictionary<string, string?>? GetAllEntriesFromHash(string key)
    {
        var fields = Database.Query("Collections/hash_all.sql", reader => KeyValuePair.Create(reader.GetString(0), Text(reader, 1)), Key(key));
        return fields.Count == 0 ? null : new Dictionary<string, string?>(fields, StringComparer.Ordinal);
    }

    public override string? GetValueFromHash(string key, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Database.First("Collections/hash_value.sql", reader => Text(reader, 0), Key(key), new("field", name));
    }

    public override long GetHashCount(string key) => Number("Collections/hash_count.sql", Key(key));

    public override TimeSpan GetHashTtl(string key) => Ttl("Collections/hash_ttl.sql", Key(key));

    public override long GetListCount(string key) => Number("Collections/list_count.sql", Key(key));

    public override List<string> GetAllItemsFromList(string key) =>
        Texts("Collections/list_range.sql", Key(key), new("count", long.MaxValue), new("offset", 0));

    public override List<string> GetRangeFromList(string key, int startingFrom, int endingAt) =>
        Texts("Collections/list_range.sql", [Key(key), .. Range(startingFrom, endingAt)]);

    public override TimeSpan GetListTtl(string key) => Ttl("Collections/list_ttl.sql", Key(key));

    public override long GetCounter(string key) => Number("Collections/counter_value.sql", Key(key));

    private static Value Key(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new Value("key", key);
    }

    /// <param name="start">The first position, from 0.</param>
    /// <param name="end">The last, which belongs to the range.</param>
    private static Value[] Range(int start, int end)
    {
        if (start < 0)
            throw new ArgumentException("a position is not negative", nameof(start));
        if (end < start)
            throw new ArgumentException("the range ends before it begins", nameof(end));
        return [new("offset", start), new("count", (long)end - start + 1)];
    }

    private List<string> Texts(string path, params ReadOnlySpan<Value> values) => Database.Query(path, reader => reader.GetString(0), values);

    private long Number(string path, params ReadOnlySpan<Value> values) =>
        Database.First(path, reader => Convert.ToInt64(reader.GetValue(0)), values);

    /// <summary>How long a collection has left; minus one millisecond, .NET's "infinite", where it is kept or is not there.</summary>
    private TimeSpan Ttl(string path, Value key)
    {
        long? left = Database.First<long?>(path, reader => reader.IsDBNull(0) ? null : Convert.ToInt64(reader.GetValue(0)), key);
        return left is { } microseconds ? TimeSpan.FromMicroseconds(Math.Max(0, microseconds)) : Timeout.InfiniteTimeSpan;
    }
}
