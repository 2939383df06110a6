using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Charts;
using Pipeline.Storage.MySql.Popularity;

namespace Pipeline.Dashboard.Pages;

public sealed class TitlesModel(PopularityHistory history) : PageModel
{
    private const int Shown = 50;
    private const int DefaultDays = 7;
    private const string Everywhere = "ALL";

    [FromQuery(Name = "region")]
    public string? Region { get; set; }

    [FromQuery(Name = "days")]
    public int Days { get; set; } = DefaultDays;

    /// <summary>Those that are drawn; the first ones where none is named.</summary>
    [FromQuery(Name = "title")]
    public long[] Chosen { get; set; } = [];

    public IReadOnlyList<string> Regions { get; private set; } = [];

    public IReadOnlyList<RankedTitle> Found { get; private set; } = [];

    internal IReadOnlyList<ChartLine> Lines { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var cancelled = HttpContext.RequestAborted;
        Days = Days is >= 1 and <= PopularityHistory.KeptDays ? Days : DefaultDays;
        Regions = await history.RegionsAsync(cancelled);
        Region = Regions.Contains(Region) ? Region! : Everywhere;
        Found = await history.LatestAsync(Region, Shown, cancelled);
        long[] drawn = [.. (Chosen.Length > 0 ? Chosen : Found.Select(title => title.ContentId)).Distinct().Take(LineChart.Colours)];
        Chosen = drawn;
        if (drawn.Length == 0)
            return;
        var points = await history.TrendAsync(Region, drawn, Days, cancelled);
        Lines = [.. drawn.Select(content => new ChartLine($"{content}", [.. points.Where(point => point.ContentId == content).Select(point => (point.HourAt, point.Views))]))];
    }

    /// <summary>The place of a title among those drawn, for its colour; null where it is not drawn.</summary>
    public int? Colour(long content) => Array.IndexOf(Chosen, content) is >= 0 and var place ? place : null;

    public static string Name(RankedTitle title, string language)
    {
        ArgumentNullException.ThrowIfNull(title);
        return (language == "ko" ? title.NameKo ?? title.NameEn : title.NameEn ?? title.NameKo) ?? $"{title.ContentId}";
    }
}
