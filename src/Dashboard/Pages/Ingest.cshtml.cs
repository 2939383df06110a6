using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Charts;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.Watching;
using Pipeline.Storage.Events;

namespace Pipeline.Dashboard.Pages;

/// <summary>Where the next page of refused events begins.</summary>
/// <param name="At">ISO 8601.</param>
public sealed record OlderRefusals(string At, string Id);

public sealed class IngestModel(IngestWatch watch, RefusedEventDesk refused, ReplayDesk replays, TimeProvider clock) : PageModel
{
    private const int PerPage = 50;

    private static readonly string[] Outcomes = ["stored", "duplicate", "refused"];

    [FromQuery(Name = "code")]
    public string? Code { get; set; }

    /// <summary>One event to look at, with the beginning of its payload however long that is.</summary>
    [FromQuery(Name = "event")]
    public string? Event { get; set; }

    public IngestSample? Now { get; private set; }

    public DateTime? HeardAt => watch.HeardAt;

    public IReadOnlyDictionary<string, string> Silent => watch.Silent;

    public IReadOnlyList<KeyValuePair<string, long>> Codes { get; private set; } = [];

    public IReadOnlyList<RefusedRecord> Found { get; private set; } = [];

    /// <summary>Null on the last page.</summary>
    public OlderRefusals? Older { get; private set; }

    /// <summary>How many of the chosen code one wish would have sent again; at most one more than a wish takes. Null where none is chosen.</summary>
    public int? Replayable { get; private set; }

    /// <summary>The time that such a wish counts to: what is refused after the page was made is not in it.</summary>
    public string Until { get; private set; } = "";

    public bool StoreIsSilent { get; private set; }

    internal IReadOnlyList<ChartLine> Lag { get; private set; } = [];

    internal IReadOnlyList<ChartLine> Rates { get; private set; } = [];

    public double? Rate(string outcome) => watch.Rate(outcome);

    public async Task OnGetAsync([FromQuery] string? before, [FromQuery] string? beforeId)
    {
        var samples = watch.Samples;
        Now = watch.Latest;
        Lag = [new ChartLine("lag", [.. samples.Select(sample => (sample.At, (double)sample.TotalLag))])];
        Rates =
        [
            .. Outcomes.Select(outcome => new ChartLine(outcome, [.. samples.Zip(samples.Skip(1))
                .Select(pair => (pair.Second.At, Rate: IngestWatch.Rate(pair.First, pair.Second, outcome))).Where(point => point.Rate is not null)
                .Select(point => (point.At, point.Rate!.Value))])),
        ];
        try
        {
            await LookAsync(before, beforeId, HttpContext.RequestAborted);
        }
        catch (EventStoreUnavailableException)
        {
            StoreIsSilent = true;
        }
    }

    /// <summary>Wishes that a refused event be sent once more.</summary>
    public async Task<IActionResult> OnPostAsync([FromForm] string? id, [FromForm] string? all, [FromForm] string? until)
    {
        if (all is { Length: > 0 })
            return Time(until) is not { } end ? StatusCode(StatusCodes.Status409Conflict)
                : await replays.WishAllAsync(all, end, HttpContext.Actor(), HttpContext.RequestAborted) > 0 ? LocalRedirect($"/ingest?code={Uri.EscapeDataString(all)}")
                : StatusCode(StatusCodes.Status409Conflict);
        return await replays.WishAsync(id, HttpContext.Actor(), HttpContext.RequestAborted) switch
        {
            null => NotFound(),
            true => LocalRedirect("/ingest"),
            false => StatusCode(StatusCodes.Status409Conflict),
        };
    }

    /// <summary>A payload as text; what is no UTF-8 shows as replacement characters.</summary>
    public static string Text(byte[] head) => Encoding.UTF8.GetString(head);

    private async Task LookAsync(string? before, string? beforeId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        Codes = await refused.CountAsync(now.AddDays(-1), cancellationToken);
        if (Event is { Length: > 0 } one)
        {
            Found = await refused.FindAsync(one, cancellationToken) is { } found ? [found] : [];
            return;
        }
        Code = string.IsNullOrWhiteSpace(Code) ? null : Code.Trim();
        Until = now.ToString("O", CultureInfo.InvariantCulture);
        if (Code is not null)
            Replayable = await refused.CountReplayableAsync(Code, now, cancellationToken);
        var cursor = Time(before) is { } at ? new RefusedCursor(at, string.IsNullOrEmpty(beforeId) ? null : beforeId) : new RefusedCursor(now.AddDays(1));
        Found = await refused.SearchAsync(Code, cursor, PerPage, cancellationToken);
        if (Found.Count == PerPage)
            Older = new OlderRefusals(Found[^1].RefusedAt.ToString("O", CultureInfo.InvariantCulture), Found[^1].Id);
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
