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
                var rights = world.Rights[item.ContentId];
                Assert.True(rights.Regions is null || rights.Regions.Contains(region));
                Assert.True(rights.Maturity <= maturity);
                Assert.True(rights.ExpiresAt is null || rights.ExpiresAt >= Refresh);
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

    /// <summary>Members of random groups, titles of random rights, a model of what they watched.</summary>
    private sealed class World
    {
        public const int Titles = 60;
        public const long Withdrawn = 50_003;

        private readonly IRecommender model;
        private readonly ListMask[] masks;

        public World(int seed)
        {
            var random = new Random(seed);
            Histories = Generated.Planted(users: 80, Titles, seed);
            Rights = Histories.Contents.Ids.ToArray().ToDictionary(content => content, content => new TitleRights(
                content,
                random.Next(3) == 0 ? Regions.Where(_ => random.Next(2) == 0).ToHashSet() : null,
                Maturities[random.Next(Maturities.Length)],
                random.Next(5) == 0 ? Refresh.AddHours(random.Next(-48, 49)) : null));
            masks = [.. from region in Regions from maturity in Maturities select ListMask.Of(region, maturity, Rights.Values, Refresh)];
            model = seed % 2 == 0
                ? PopularityModel.Train(Histories)
                : new ImplicitAlsTrainer(new ImplicitAlsParameters { Rank = 4, Iterations = 3 }).Train(Histories, ComputeOptions.Default, null, default);
        }

        public InteractionMatrix Histories { get; }

        public Dictionary<long, TitleRights> Rights { get; }

        public (string Region, int Maturity) GroupOf(long member) => (Regions[MaskOf(member) / Maturities.Length], Maturities[MaskOf(member) % Maturities.Length]);

        public HashSet<long> HistoryOf(long member) =>
            [.. Histories.ByUser.Columns(Histories.Users.IndexOf(member)).ToArray().Select(column => Histories.Contents[column])];

        public bool IsAllowed(long member, long content) => content != Withdrawn && !masks[MaskOf(member)].Forbidden.Contains(content);

        public int Allowed(long member)
        {
            var history = HistoryOf(member);
            return Rights.Keys.Count(content => IsAllowed(member, content) && !history.Contains(content));
        }

        public List<UserRecommendations> Build(RerankOptions rerank, int length = Length, bool masked = true) =>
        [
            .. new ListBuilder(model, new ListOptions
            {
                Length = length,
                Popular = [.. Rights.Keys.Order()],
                ExcludedContents = masked ? new HashSet<long> { Withdrawn } : [],
                Masks = masks,
                MaskOf = masked ? MaskOf : null,
                Rerank = rerank,
            }, ComputeOptions.Default).Build(Histories, default),
        ];

        private int MaskOf(long member) => (int)(FrozenMembers.PlaceOf(member) * masks.Length);
    }
}
