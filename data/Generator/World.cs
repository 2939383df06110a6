namespace Pipeline.Generator;

/// <param name="Language">What the member's screens speak.</param>
/// <param name="Activity">Relative number of viewings; a power law over the members.</param>
public readonly record struct Member(int UserId, Region Region, string Language, int Profiles, string MainDevice, string Isp, string Edge, double Activity);

/// <summary>
/// Everything that is true before the first event: the catalogue, the members, and who likes what. Tests ask it for the right answer.
/// </summary>
public sealed class World
{
    public const int FirstContentId = 1001;

    private const ulong TitleStream = 1;
    private const ulong MemberStream = 1UL << 32;

    private static readonly (string Language, double Share)[] Originals =
        [("ko", 0.42), ("en", 0.28), ("ja", 0.14), ("de", 0.06), ("fr", 0.05), ("es", 0.05)];

    private static readonly string[] Devices = ["tv", "tv", "tv", "mobile", "mobile", "mobile", "tablet", "web"];

    private readonly short[][] _titleTastes;
    private readonly short[] _memberTastes;
    private readonly Member[] _members;
    private readonly int[][] _membersOfRegion;

    /// <param name="until">The end of the time that is told; no title is released after it.</param>
    public World(int members, int titles, long seed, DateTimeOffset until)
    {
        Titles = new Title[titles];
        _titleTastes = new short[titles][];
        MakeTitles(seed, DateOnly.FromDateTime(until.UtcDateTime));
        _members = new Member[members];
        _memberTastes = new short[members * Taste.Length];
        MakeMembers(seed);
        _membersOfRegion = [.. Region.All.Select(region => Enumerable.Range(0, members).Where(i => _members[i].Region == region).ToArray())];
    }

    public Title[] Titles { get; }

    public ReadOnlySpan<Member> Members => _members;

    /// <summary>Indices into <see cref="Members"/>, by index into <see cref="Region.All"/>.</summary>
    public ReadOnlySpan<int> MembersOf(int region) => _membersOfRegion[region];

    /// <summary>How much a member likes a title: about 0 over all pairs, above 2 for the few that the member would choose.</summary>
    public double Affinity(long userId, long contentId) => AffinityAt((int)userId - 1, (int)contentId - FirstContentId);

    internal double AffinityAt(int member, int title) =>
        Taste.Product(_memberTastes.AsSpan(member * Taste.Length, Taste.Length), _titleTastes[title]);

    private void MakeTitles(long seed, DateOnly until)
    {
        var random = new Random64(seed, TitleStream);
        var ranks = Permutation(ref random, Titles.Length);
        var names = Permutation(ref random, Titles.Length);
        for (var i = 0; i < Titles.Length; i++)
        {
            int[] genres = [random.Below(Genre.Names.Count)];
            if (random.Chance(0.5) && random.Below(Genre.Names.Count) is var second && second != genres[0])
                genres = [genres[0], second];
            var language = DrawOriginal(ref random);
            var (from, to) = Genre.RuntimeMinutes(genres[0]);
            var runtime = (from * 60) + random.Below((to - from) * 60);
            // Half of a catalogue is younger than four years, and a few titles come out within the time that is told.
            var age = (int)Math.Min(random.Exponential(2_000), 15_000);
            var (ko, en) = TitleNames.Of(names[i]);
            Titles[i] = new Title(FirstContentId + i, ko, en, [.. genres.Select(genre => Genre.Names[genre])], Taste.Languages[language],
                runtime, until.AddDays(-age), PortableMath.Pow(ranks[i] + 12, -0.7));
            _titleTastes[i] = Taste.OfTitle(ref random, genres, language);
        }
    }

    private void MakeMembers(long seed)
    {
        var order = new Random64(seed, MemberStream - 1);
        var ranks = Permutation(ref order, _members.Length);
        for (var i = 0; i < _members.Length; i++)
        {
            var random = new Random64(seed, MemberStream + (ulong)i);
            var region = DrawRegion(ref random);
            var language = region.Languages[random.Chance(0.9) ? 0 : 1];
            var activity = PortableMath.Pow((ranks[i] + (0.1 * _members.Length) + 1) / _members.Length, -0.5);
            _members[i] = new Member(i + 1, region, language, 1 + random.Below(4), Devices[random.Below(Devices.Length)],
                region.Isps[random.Below(region.Isps.Length)], region.Edges[random.Below(region.Edges.Length)], activity);
            Taste.OfMember(ref random, language, _memberTastes.AsSpan(i * Taste.Length, Taste.Length));
        }
    }

    private static int DrawOriginal(ref Random64 random)
    {
        var at = random.Unit();
        var language = 0;
        while (language < Originals.Length - 1 && (at -= Originals[language].Share) >= 0)
            language++;
        return language;
    }

    private static Region DrawRegion(ref Random64 random)
    {
        var at = random.Unit();
        var region = 0;
        while (region < Region.All.Count - 1 && (at -= Region.All[region].Share) >= 0)
            region++;
        return Region.All[region];
    }

    private static int[] Permutation(ref Random64 random, int length)
    {
        var order = new int[length];
        for (var i = 0; i < length; i++)
        {
            var j = random.Below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
