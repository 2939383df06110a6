using Pipeline.Storage.MySql.Generations;

namespace Pipeline.Benchmarks;

/// <summary>Lists of 50 as a catalogue of 30,000 titles gives them.</summary>
internal static class SampleLists
{
    private const int Length = 50;
    private const int Titles = 30_000;

    public static IReadOnlyList<RecommendationList> Of(int members)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(1, members).Select(member => new RecommendationList(
                member,
                [
                    .. Enumerable.Range(0, Length).Select(place => new ListedItem(
                        random.Next(1, Titles), (float)(1.0 / (place + 1 + random.NextDouble())), new ListReason("because_you_watched", random.Next(1, Titles)))),
                ])),
        ];
    }
}
