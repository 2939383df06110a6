using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Runs;
using Pipeline.Storage.MySql.Titles;
using Pipeline.Storage.Serving;

namespace Pipeline.Dashboard.Pages;

/// <summary>A title that a member has had, and so gets no more.</summary>
public sealed record HadTitle(long ContentId, double WatchedSeconds, DateTime LastAt);

public sealed class WhyModel(RecommendationReader reader, GenerationHistory generations, RunHistory runs, TitleNames titles, IEventStore events) : PageModel
{
    /// <summary>Enough to see what somebody watches; members with more are cut off, and the page says so.</summary>
    public const int MostEvents = 20_000;

    /// <summary>Filters by the rights of titles, of which nothing is written down member by member; English.</summary>
    internal static readonly string[] FiltersByRights = ["Not licensed in the region", "Above the maturity of the profile", "Expires before the next lists"];

    private const int ShownTitles = 30;
    private const int ShownFallback = 10;

    /// <summary>A member who cannot be: what everybody without a list gets.</summary>
    private const long Nobody = 0;

    [FromQuery(Name = "user")]
    public string? Asked { get; set; }

    [FromQuery(Name = "region")]
    public string? Region { get; set; }

    public long? Member { get; private set; }

    public bool IsWrong { get; private set; }

    public ServedList? List { get; private set; }

    public GenerationRecord? Generation { get; private set; }

    public ServedList? Fallback { get; private set; }

    /// <summary>The latest first.</summary>
    public IReadOnlyList<HadTitle> Had { get; private set; } = [];

    public int HadInAll { get; private set; }

    /// <summary>How many of them the list was made without: those of the days that its run learned from.</summary>
    public int HadWhenMade { get; private set; }

    /// <summary>Whether the list was made for this member, and is not what everybody without one gets.</summary>
    public bool IsTheirOwn => List?.Source is ListSource.Redis or ListSource.MySql;

    /// <summary>Null where no run made the list for this member, or the run is forgotten.</summary>
    internal ListOrigin? Origin { get; private set; }

    public bool IsCut { get; private set; }

    /// <summary>Why the member's events could not be read; null where they were.</summary>
    public string? EventsFault { get; private set; }

    public IReadOnlyDictionary<long, TitleName> Names { get; private set; } = new Dictionary<long, TitleName>();

    public async Task OnGetAsync()
    {
        if (string.IsNullOrWhiteSpace(Asked))
            return;
        Region = Region is { Length: 2 } given && given.All(char.IsAsciiLetter) ? given.ToUpperInvariant() : RecommendationReader.Everywhere;
        if (!long.TryParse(Asked, out long member) || member is < 1 or > 1L << 53)
        {
            IsWrong = true;
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return;
        }
        var cancelled = HttpContext.RequestAborted;
        Member = member;
        List = await reader.ReadAsync(member, Region, cancelled);
        Generation = List.Generation is { } generation ? await generations.FindAsync(generation, cancelled) : null;
        Origin = IsTheirOwn && Generation is { } made ? ListOrigin.Of(await runs.FindAsync(made.RunId, cancelled)) : null;
        Fallback = await reader.ReadAsync(Nobody, Region, cancelled);
        await ReadEventsAsync(member, cancelled);
        var shown = List.Items.Select(item => item.ContentId)
            .Concat(List.Items.Select(item => item.Reason?.ContentId).OfType<long>()).Concat(Fallback.Items.Take(ShownFallback).Select(item => item.ContentId))
            .Concat(Had.Select(title => title.ContentId)).Distinct().ToArray();
        Names = await titles.FindAsync(shown, cancelled);
    }

    /// <summary>What a title is called in the reader's language; its id where the catalogue does not say.</summary>
    public string Name(long content, string language)
    {
        var name = Names.GetValueOrDefault(content);
        return (language == "ko" ? name?.Korean ?? name?.English : name?.English ?? name?.Korean) ?? $"{content}";
    }

    public IEnumerable<ListedItem> ShownOfFallback => Fallback?.Items.Take(ShownFallback) ?? [];

    private async Task ReadEventsAsync(long member, CancellationToken cancellationToken)
    {
        var had = new Dictionary<long, HadTitle>();
        var before = new HashSet<long>();
        int read = 0;
        try
        {
            await foreach (var watched in events.ReadUserAsync(member, cancellationToken))
            {
                if (IsCut = ++read > MostEvents)
                    break;
                if (watched.ContentId is not { } content || (watched.WatchedSeconds <= 0 && watched.Value is null))
                    continue;
                had[content] = new HadTitle(content, (had.GetValueOrDefault(content)?.WatchedSeconds ?? 0) + watched.WatchedSeconds, watched.OccurredAt);
                if (watched.OccurredAt >= Origin?.From && watched.OccurredAt < Origin.To)
                    before.Add(content);
            }
        }
        catch (EventStoreUnavailableException error)
        {
            EventsFault = error.GetType().Name;
        }
        HadInAll = had.Count;
        HadWhenMade = before.Count;
        Had = [.. had.Values.OrderByDescending(title => title.LastAt).Take(ShownTitles)];
    }
}
