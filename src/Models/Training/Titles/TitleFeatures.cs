using System.Text;
using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training.Titles;

/// <summary>
/// Titles as sparse vectors of length 1: genres, cast, tags and tokens of text, each hashed to one of D places (K. Weinberger et al.,
/// "Feature Hashing for Large Scale Multitask Learning", ICML 2009) and weighted by ln(titles / titles that have it). Each kind has
/// length 1 before kinds are weighted, so that a long description does not drown a genre.
/// </summary>
internal static class TitleFeatures
{
    /// <returns>Shape [contents, dimensions]; an empty row where nothing is known.</returns>
    public static SparseMatrix Of(IdIndex contents, ITitleCatalogue titles, TitleFeatureWeights weights, int dimensions) =>
        Of([.. contents.Ids.ToArray().Select(titles.Find)], weights, dimensions);

    public static SparseMatrix Of(TitleMetadata?[] titles, TitleFeatureWeights weights, int dimensions)
    {
        var kinds = titles.Select(title => Kinds(title, weights).Select(kind => (Features: Count(kind.Labels, dimensions), kind.Weight)).ToArray()).ToArray();
        var having = new int[dimensions];
        foreach (var feature in kinds.SelectMany(title => title.SelectMany(kind => kind.Features.Keys).Distinct()))
            having[feature]++;
        var starts = new int[titles.Length + 1];
        var columns = new List<int>();
        var values = new List<float>();
        for (var title = 0; title < titles.Length; title++)
        {
            foreach (var (feature, value) in Combined(kinds[title], having, titles.Length))
            {
                columns.Add(feature);
                values.Add((float)value);
            }
            starts[title + 1] = columns.Count;
        }
        return new SparseMatrix(dimensions, starts, [.. columns], [.. values]);
    }

    private static IEnumerable<(IEnumerable<string> Labels, double Weight)> Kinds(TitleMetadata? title, TitleFeatureWeights weights)
    {
        if (title is null)
            yield break;
        yield return (title.Genres.Select(label => "genre:" + label.ToLowerInvariant()), weights.Genres);
        yield return (title.Cast.Select(label => "cast:" + label.ToLowerInvariant()), weights.Cast);
        yield return (title.Tags.Select(label => "tag:" + label.ToLowerInvariant()), weights.Tags);
        yield return (title.Texts.SelectMany(text => TitleTokens.Of(text.Text)).Select(token => "text:" + token), weights.Texts);
    }

    private static Dictionary<int, int> Count(IEnumerable<string> labels, int dimensions)
    {
        var counts = new Dictionary<int, int>();
        foreach (var label in labels)
        {
            var place = (int)(Hash(label) % (ulong)dimensions);
            counts[place] = counts.GetValueOrDefault(place) + 1;
        }
        return counts;
    }

    private static IEnumerable<(int Feature, double Value)> Combined((Dictionary<int, int> Features, double Weight)[] kinds, int[] having, int titles)
    {
        var sums = new SortedDictionary<int, double>();
        foreach (var (features, weight) in kinds)
        {
            // One more than the titles, so that what all of them have still weighs a little.
            var weighted = features.OrderBy(entry => entry.Key)
                .Select(entry => (entry.Key, Value: Math.Sqrt(entry.Value) * PortableMath.Log((1.0 + titles) / having[entry.Key]))).ToArray();
            var length = Math.Sqrt(weighted.Sum(entry => entry.Value * entry.Value));
            foreach (var (feature, value) in weighted)
                sums[feature] = sums.GetValueOrDefault(feature) + weight * value / length;
        }
        var total = Math.Sqrt(sums.Values.Sum(value => value * value));
        return total > 0 ? sums.Select(entry => (entry.Key, entry.Value / total)) : [];
    }

    // FNV-1a, the same on every machine; a string's own hash code is not.
    private static ulong Hash(string label)
    {
        var hash = 14695981039346656037ul;
        foreach (var value in Encoding.UTF8.GetBytes(label))
            hash = (hash ^ value) * 1099511628211ul;
        return hash ^ (hash >> 32);
    }
}

/// <summary>How much each kind counts against the others.</summary>
internal sealed record TitleFeatureWeights(double Genres, double Cast, double Tags, double Texts);
