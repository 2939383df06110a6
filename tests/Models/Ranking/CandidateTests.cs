using Pipeline.Models.Ranking;

namespace Pipeline.Models.Tests.Ranking;

[Trait("speed", "fast")]
public sealed class CandidateTests
{
    [Fact]
    public void Order_is_by_score_then_by_smaller_item()
    {
        Candidate[] ordered =
        [
            new(float.PositiveInfinity, 9), new(2, 0), new(2, 1), new(2, int.MaxValue), new(float.Epsilon, 3), new(0, 4), new(-0f, 5),
            new(-float.Epsilon, 0), new(-1, 7), new(-1, 8), new(float.NegativeInfinity, 0),
        ];
        for (var n = 1; n < ordered.Length; n++)
            Assert.True(ordered[n - 1].CompareTo(ordered[n]) < 0, $"{n}");
    }

    [Fact]
    public void Score_and_item_come_back()
    {
        foreach (var score in new[] { 0f, 1.5f, -1.5f, float.MaxValue, -float.Epsilon })
        {
            var candidate = new Candidate(score, 123_456);
            Assert.Equal(score, candidate.Score);
            Assert.Equal(123_456, candidate.Item);
        }
    }

    [Fact]
    public void Selection_moves_the_best_to_the_front()
    {
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var candidates = Enumerable.Range(0, 1 + random.Next(60)).Select(item => new Candidate(random.Next(8), item)).ToArray();
            random.Shuffle(candidates);
            var k = 1 + random.Next(candidates.Length);
            var expected = candidates.Order().Take(k).ToArray();
            Candidate.SelectBest(candidates, k);
            Assert.Equal(expected, candidates.Take(k).Order());
        }
    }
}
