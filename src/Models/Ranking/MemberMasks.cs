using System.Collections;

namespace Pipeline.Models.Ranking;

/// <summary>Members by what they may not have. A mask is made when it is asked for: of many regions and ages one at a time is in memory.</summary>
/// <param name="groupOf">Region and age of a member.</param>
public sealed class MemberMasks(TitleRights rights, Func<long, (string? Region, int Age)> groupOf) : IReadOnlyList<ListMask>
{
    private readonly List<(string? Region, int Age)> groups = [];
    private readonly Dictionary<(string?, int), int> places = [];

    /// <summary>Whether there is nothing to mask for anybody.</summary>
    public bool AreFree => rights.AreFree;

    public int Count => groups.Count;

    public ListMask this[int index] => rights.MaskOf(groups[index].Region, groups[index].Age);

    /// <summary>The place of a member's mask; −1 where nothing is masked at all.</summary>
    public int PlaceOf(long member)
    {
        if (rights.AreFree)
            return -1;
        var group = groupOf(member);
        if (!places.TryGetValue(group, out var place))
        {
            places[group] = place = groups.Count;
            groups.Add(group);
        }
        return place;
    }

    /// <summary>Why a member may not have a title; null where they may.</summary>
    public MaskReason? ReasonAgainst(long member, long content)
    {
        if (rights.AreFree)
            return null;
        var (region, age) = groupOf(member);
        return rights.ReasonAgainst(region, age, content);
    }

    public IEnumerator<ListMask> GetEnumerator() => Enumerable.Range(0, Count).Select(place => this[place]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
