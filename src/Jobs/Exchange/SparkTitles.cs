using System.Runtime.InteropServices;
using Pipeline.Models.Training.Spark;

namespace Pipeline.Jobs.Exchange;

/// <summary>Titles' factors as they come from the parts, by Spark's numbers.</summary>
internal sealed class SparkTitles(int rank, ExportedContents contents)
{
    private readonly HashSet<int> _items = [];
    private readonly List<long> _ids = [];
    private readonly List<float> _features = [];

    public int Count => _ids.Count;

    /// <returns>Null, or what is wrong with the row; then it was not taken.</returns>
    public string? Add(int item, ReadOnlySpan<float> features)
    {
        if (features.Length != rank)
            return $"item {item} has {features.Length} features, the model's rank is {rank}";
        if (features.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            return $"item {item} has features that are no numbers";
        if (!contents.Ids.TryGetValue(item, out long content))
            return $"item {item} is not in {InteractionFiles.Contents}: the model was trained on another export";
        if (!_items.Add(item))
            return $"item {item} is there twice";
        // Rows are padded where they are computed with, to the next 16 numbers.
        if ((_ids.Count + 1L) * (rank + 15) > Array.MaxLength)
            return $"more titles of rank {rank} than fit {Array.MaxLength} numbers";
        _ids.Add(content);
        _features.AddRange(features);
        return null;
    }

    public SparkAlsModel Build(SparkAlsParameters parameters) =>
        SparkAlsModel.Of(parameters, CollectionsMarshal.AsSpan(_ids), CollectionsMarshal.AsSpan(_features));
}
