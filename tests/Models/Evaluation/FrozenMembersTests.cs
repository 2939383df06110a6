using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class FrozenMembersTests
{
    [Fact]
    public void Places_are_spread_evenly_and_stay_where_they_are()
    {
        var places = Enumerable.Range(1, 100_000).Select(user => FrozenMembers.PlaceOf(user)).ToArray();
        for (var tenth = 0; tenth < 10; tenth++)
            Assert.InRange(places.Count(place => (int)(place * 10) == tenth), 9_600, 10_400);
        // Set down for good: a model is fair to compare with only as long as the same members stay out.
        Assert.Equal(0.8833, FrozenMembers.PlaceOf(0), 4);
        Assert.Equal(0.5666, FrozenMembers.PlaceOf(1), 4);
    }

    [Theory]
    [InlineData(100, 0.2)]
    [InlineData(20_000, 0.1)]
    [InlineData(10_000_000, 0.02)]
    public void As_many_are_set_aside_as_it_takes(int members, double share) => Assert.Equal(share, FrozenMembers.ShareFor(members));

    [Fact]
    public void Nobody_who_is_asked_was_trained_on_and_those_of_a_smaller_share_stay_out_of_a_larger()
    {
        var data = Generated.PlantedInTime(users: 500, contents: 100);
        var small = FrozenMembers.Split(data, 0, 0.1);
        var large = FrozenMembers.Split(data, 0, 0.2);
        var other = FrozenMembers.Split(data, 0.2, 0.4);

        Assert.Subset(large.UserIds.ToHashSet(), small.UserIds.ToHashSet());
        Assert.Empty(large.UserIds.Intersect(other.UserIds));
        foreach (var split in (EvaluationSplit[])[small, large, other])
        {
            Assert.Empty(split.UserIds.Intersect(split.Train.Users.Ids.ToArray()));
            Assert.Equal(data.Contents.Ids, split.Train.Contents.Ids);
        }
        Assert.Empty(other.Train.Users.Ids.ToArray().Intersect(large.UserIds));
    }

    [Fact]
    public void The_last_fifth_of_what_was_wanted_is_to_be_found_from_what_came_before()
    {
        var member = Enumerable.Range(1, 1_000).First(user => FrozenMembers.PlaceOf(user) < 0.1);
        var another = Enumerable.Range(1, 1_000).First(user => FrozenMembers.PlaceOf(user) > 0.1);
        // Titles 0 to 9 in the order of time, 3 and 9 disliked.
        long[] users = [.. Enumerable.Repeat((long)member, 10), another];
        long[] contents = [.. Enumerable.Range(0, 10).Select(n => (long)n), 0];
        float[] confidences = [.. Enumerable.Range(0, 10).Select(n => n is 3 or 9 ? -1f : 1f), 1];
        var split = FrozenMembers.Split(InteractionMatrix.FromColumns(users, contents, confidences, [.. Enumerable.Range(0, 11).Select(n => (long)n)]), 0, 0.1);

        Assert.Equal([member], split.UserIds);
        Assert.Equal([8], split.Targets.Columns(0).ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], split.Histories.Columns(0).ToArray());
        Assert.Equal(-1, split.Histories.Values(0)[3]);
        Assert.Equal([another], split.Train.Users.Ids.ToArray());
    }

    [Fact]
    public void Too_few_members_are_named_as_the_reason()
    {
        var nobody = InteractionMatrix.FromColumns([1, 2], [10, 11], [], [5, 6]);
        Assert.Contains("nobody to ask", Assert.Throws<EvaluationException>(() => FrozenMembers.Split(nobody, 0, 0.1)).Message, StringComparison.Ordinal);
        Assert.Contains("a time", Assert.Throws<EvaluationException>(() => FrozenMembers.Split(Generated.Checkerboard(40), 0, 0.1)).Message, StringComparison.Ordinal);
    }
}
