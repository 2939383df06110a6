using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Ranking;

/// <summary>What no list may hold, whatever the world, the model and the options.</summary>
[Trait("speed", "fast")]
public sealed class MaskTests
{
    private const int Length = 12;

    private static readonly DateTime Now = new(2026, 11, 1, 4, 30, 0, DateTimeKind.Utc);
    private static readonly DateTime Refresh = new(2026, 11, 2, 4, 30, 0, DateTimeKind.Utc);
    private static readonly string[] Regions = ["KR", "JP", "US"];
    private static readonly int[] Maturities = [7, 12, 15, 19];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_list_holds_what_is_watched_unlicensed_above_the_maturity_or_about_to_expire(int seed)
    {
        var world = new World(seed);
        foreach (var list in world.Build(RerankOptions.None).Concat(world.Build(new RerankOptions { Diversity = 0.5, Calibration = 0.5 })))
        {
            var (region, maturity) = world.GroupOf(list.UserId);
            var history = world.HistoryOf(list.UserId);
            Assert.All(list.Items, item =>
            {
                Assert.DoesNotContain(item.ContentId, history);
                var windows = world.Windows[item.ContentId].ToList();
                Assert.True(windows.Count == 0 || windows.Any(window =>
                    (window.Region == region || window.Region == "ALL") && window.From <= Now && (window.Until is null || window.Until >= Refresh)));
                Assert.True(world.MinAges.GetValueOrDefault(item.ContentId) <= maturity);
                Assert.NotEqual(World.Withdrawn, item.ContentId);
            });
            Assert.Equal(list.Items.Count, list.Items.Select(item => item.ContentId).Distinct().Count());
            Assert.Equal(Math.Min(Length, world.Allowed(list.UserId)), list.Items.Count);
            Assert.Equal(list.Items.OrderByDescending(item => item.Score).Select(item => item.Score), list.Items.Select(item => item.Score));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_mask_takes_titles_away_and_changes_no_other(int seed)
    {
        var world = new World(seed);
        var whole = world.Build(RerankOptions.None, length: World.Titles, masked: false).ToDictionary(list => list.UserId);
        foreach (var list in world.Build(RerankOptions.None))
        {
            var allowed = whole[list.UserId].Items.Where(item => world.IsAllowed(list.UserId, item.ContentId)).Take(list.Items.Count);
            Assert.Equal(allowed.Select(item => item.ContentId), list.Items.Select(item => item.ContentId));
        }
    }

    [Fact]
    public void Everybody_has_one_list_whatever_their_mask()
    {
        var world = new World(1);
        Assert.Equal(world.Histories.Users.Ids.ToArray(), world.Build(RerankOptions.None).Select(list => list.UserId).Order());
    }

    [Fact]
    public void Without_rights_there_is_no_mask_and_a_mask_says_why_it_takes_what_away()
    {
        var none = new MemberMasks(new TitleRights(Enumerable.Empty<long>().ToLookup(id => id, _ => default(LicenceWindow)), new Dictionary<long, int>(), Now, Refresh), _ => ("KR", 7));
        Assert.Equal((-1, 0), (none.PlaceOf(1), none.Count));

        var windows = new (long Content, LicenceWindow Window)[]
        {
            (1, new("JP", Now, null)), (2, new("KR", Now.AddHours(1), null)), (3, new("KR", Now.AddDays(-9), Refresh.AddHours(-1))),
            (4, new("ALL", Now, Refresh)), (5, new("KR", Now.AddDays(-9), Now.AddDays(-8))), (5, new("KR", Now, null)),
        };
        var rights = new TitleRights(windows.ToLookup(entry => entry.Content, entry => entry.Window), new Dictionary<long, int> { [4] = 15, [9] = 7 }, Now, Refresh);
        var young = rights.MaskOf("KR", 12);
        Assert.Equal(
            [(1, MaskReason.Region), (2, MaskReason.NotYet), (3, MaskReason.Expired), (4, MaskReason.Age)],
            young.Forbidden.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value)));
        Assert.Equal(1, young.Removed[MaskReason.Age]);
        Assert.Equal([1, 2, 3, 5], rights.MaskOf(null, TitleRights.AnyAge).Forbidden.Keys.Order());
    }

    /// <summary>Members of random groups, titles of random rights, a model of what they watched.</summary>
    private sealed class World
    {
        public const int Titles = 60;
        public const long Withdrawn = 50_003;

        private readonly IRecommender model;
        private readonly MemberMasks masks;

        public World(int seed)
        {
            var random = new Random(seed);
            Histories = Generated.Planted(users: 80, Titles, seed);
            MinAges = Histories.Contents.Ids.ToArray().Where(_ => random.Next(3) > 0).ToDictionary(content => content, _ => Maturities[random.Next(Maturities.Length)]);
            Windows = Histories.Contents.Ids.ToArray()
                .SelectMany(content => Enumerable.Range(0, random.Next(4)).Select(_ => (Content: content, Window: new LicenceWindow(
                    random.Next(4) == 0 ? "ALL" : Regions[random.Next(Regions.Length)],
                    Now.AddHours(random.Next(-72, 24)),
                    random.Next(2) == 0 ? null : Refresh.AddHours(random.Next(-24, 49))))))
                .ToLookup(entry => entry.Content, entry => entry.Window);
            masks = new MemberMasks(new TitleRights(Windows, MinAges, Now, Refresh), member => GroupOf(member));
            model = seed % 2 == 0
                ? PopularityModel.Train(Histories)
                : new ImplicitAlsTrainer(new ImplicitAlsParameters { Rank = 4, Iterations = 3 }).Train(Histories, ComputeOptions.Default, null, default);
        }

        public InteractionMatrix Histories { get; }

        public Dictionary<long, int> MinAges { get; }

        public ILookup<long, LicenceWindow> Windows { get; }

        public (string Region, int Maturity) GroupOf(long member)
        {
            var place = (int)(FrozenMembers.PlaceOf(member) * Regions.Length * Maturities.Length);
            return (Regions[place / Maturities.Length], Maturities[place % Maturities.Length]);
        }

        public HashSet<long> HistoryOf(long member) =>
            [.. Histories.ByUser.Columns(Histories.Users.IndexOf(member)).ToArray().Select(column => Histories.Contents[column])];

        public bool IsAllowed(long member, long content) => content != Withdrawn && masks.ReasonAgainst(member, content) is null;

        public int Allowed(long member)
        {
            var history = HistoryOf(member);
            return Histories.Contents.Ids.ToArray().Count(content => IsAllowed(member, content) && !history.Contains(content));
        }

        public List<UserRecommendations> Build(RerankOptions rerank, int length = Length, bool masked = true) =>
        [
            .. new ListBuilder(model, new ListOptions
            {
                Length = length,
                Popular = [.. Histories.Contents.Ids.ToArray()],
                ExcludedContents = masked ? new HashSet<long> { Withdrawn } : [],
                Masks = masks,
                MaskOf = masked ? masks.PlaceOf : null,
                Rerank = rerank,
            }, ComputeOptions.Default).Build(Histories, default),
        ];
    }
}
