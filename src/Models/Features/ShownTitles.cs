using System.Runtime.InteropServices;

namespace Pipeline.Models.Features;

/// <summary>Titles that were shown and not chosen, of which each member keeps a few.</summary>
internal sealed class ShownTitles(SignalWeights weights)
{
    private readonly Dictionary<long, List<(double Confidence, long Content, long At)>> shown = [];
    private readonly Dictionary<long, int> wanted = [];

    /// <param name="confidence">Negative.</param>
    public void Add(long user, long content, double confidence, long at)
    {
        ref var titles = ref CollectionsMarshal.GetValueRefOrAddDefault(shown, user, out _);
        (titles ??= []).Add((confidence, content, at));
    }

    /// <summary>Counts a title that the member wanted.</summary>
    public void Wanted(long user) => CollectionsMarshal.GetValueRefOrAddDefault(wanted, user, out _)++;

    /// <summary>Adds those shown most, in proportion to what each member wanted; of equal ones those of the smaller id.</summary>
    public void AddTo(InteractionColumns target)
    {
        foreach (var (user, titles) in shown)
        {
            titles.Sort();
            foreach (var (confidence, content, at) in titles.Take((int)(weights.ShownPerWanted * wanted.GetValueOrDefault(user))))
            {
                if (confidence < 0)
                    target.Add(user, content, confidence, at);
            }
        }
    }
}
