namespace Pipeline.Generator.Tests;

/// <summary>What is planted can be found in what is told.</summary>
[Trait("speed", "fast")]
public sealed class TasteTests
{
    private static readonly World World = Sample.World;

    private static readonly List<(int User, int Content)> Watched =
        [.. Sample.Lines.Where(line => line.Kind == LineKind.Event && line.WatchedSeconds > 0).Select(line => (line.Member.UserId, line.Title!.ContentId)).Distinct()];

    [Fact]
    public void Watched_titles_are_liked_more_than_others()
    {
        var others = Watched.Select(pair => World.Affinity(pair.User, World.Titles[(pair.User * 31 + pair.Content) % World.Titles.Length].ContentId)).ToList();
        Assert.InRange(others.Average(), -1, 1);
        Assert.True(Watched.Average(pair => World.Affinity(pair.User, pair.Content)) > others.Average() + 2);
    }

    [Fact]
    public void What_is_liked_is_completed_and_praised_more_often()
    {
        Assert.True(Liking("complete") > Liking("stop") + 0.3);
        Assert.True(Liking("like") > Liking("dislike") + 0.8);

        static double Liking(string type) =>
            Sample.Lines.Where(line => line.Type == type && line.Kind == LineKind.Event)
                .Average(line => World.Affinity(line.Member.UserId, line.Title!.ContentId));
    }

    [Fact]
    public void Members_prefer_titles_in_their_own_language()
    {
        var korean = World.Titles.Where(title => title.Language == "ko").Select(title => title.ContentId).ToHashSet();
        var byRegion = Watched.GroupBy(pair => World.Members[pair.User - 1].Language)
            .ToDictionary(group => group.Key, group => group.Count(pair => korean.Contains(pair.Content)) / (double)group.Count());
        Assert.True(byRegion["ko"] > byRegion["en"] + 0.1);
    }

    /// <summary>The best that any recommender could do, against the best that popularity can: what there is to learn.</summary>
    [Fact]
    public void Knowing_the_tastes_tells_the_last_title_far_better_than_popularity()
    {
        var watchedBy = Watched.GroupBy(pair => pair.User).ToDictionary(own => own.Key, own => own.Select(pair => pair.Content).ToList());
        var plays = Watched.CountBy(pair => pair.Content).ToDictionary();
        var (byTaste, byPopularity, members) = (0, 0, 0);
        foreach (var (user, titles) in watchedBy.Where(entry => entry.Key % 10 == 0 && entry.Value.Count > 1))
        {
            members++;
            byTaste += IsInTop20(title => (2 * World.Affinity(user, title)) + Math.Log(plays.GetValueOrDefault(title, 1))) ? 1 : 0;
            byPopularity += IsInTop20(title => plays.GetValueOrDefault(title)) ? 1 : 0;

            bool IsInTop20(Func<int, double> score)
            {
                var last = score(titles[^1]);
                return World.Titles.Count(title => !titles.Contains(title.ContentId) && score(title.ContentId) > last) < 20;
            }
        }
        Assert.InRange(members, 450, 500);
        Assert.True(byTaste > 3 * byPopularity, $"{byTaste} against {byPopularity} of {members}");
    }

    [Fact]
    public void The_catalogue_has_names_genres_and_dates_for_every_title()
    {
        Assert.Equal(World.Titles.Length, World.Titles.Select(title => title.NameKo).Distinct().Count());
        Assert.Equal(World.Titles.Length, World.Titles.Select(title => title.NameEn).Distinct().Count());
        Assert.All(World.Titles, title =>
        {
            Assert.InRange(title.Genres.Length, 1, 2);
            Assert.Subset(Genre.Names.ToHashSet(), title.Genres.ToHashSet());
            Assert.InRange(title.RuntimeSeconds, 12 * 60, 155 * 60);
            Assert.True(title.ReleaseDate <= DateOnly.FromDateTime(Sample.Options.Until.UtcDateTime));
        });
        Assert.Contains(World.Titles, title => title.ReleaseDate > DateOnly.FromDateTime(Sample.Options.Until.UtcDateTime.AddDays(-28)));
    }

    [Fact]
    public void Names_stay_apart_in_a_large_catalogue()
    {
        var world = new World(members: 1, titles: 9_000, seed: 3, Sample.Options.Until);
        Assert.Equal(9_000, world.Titles.Select(title => title.NameEn).Distinct().Count());
    }
}
