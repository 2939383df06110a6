using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Charts;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.Watching;
using Pipeline.Storage.Events;

namespace Pipeline.Dashboard.Pages;

public sealed class IngestModel(IngestWatch watch, RefusedEventDesk refused, ReplayDesk replays, TimeProvider clock) : PageModel
{
    private const int PerPage = 50;

    private static readonly string[] Outcomes = ["stored", "duplicate", "refused"];

    /// <summary>Of a payload; the rest is said to be there.</summary>
    private const int ShownBytes = 2_000;

    [FromQuery(Name = "code")]
    public string? Code { get; set; }

    public IngestSample? Now { get; private set; }

    public IReadOnlyDictionary<string, string> Silent => watch.Silent;

    public IReadOnlyList<KeyValuePair<string, long>> Codes { get; private set; } = [];

    public IReadOnlyList<RefusedRecord> Found { get; private set; } = [];

    /// <summary>Where the next page begins, as ISO 8601; null on the last.</summary>
    public string? Older { get; private set; }

    public bool StoreIsSilent { get; private set; }

    internal IReadOnlyList<ChartLine> Lag { get; private set; } = [];

    internal IReadOnlyList<ChartLine> Rates { get; private set; } = [];

    public double? Rate(string outcome) => watch.Rate(outcome);

    public async Task OnGetAsync([FromQuery] string? before)
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
        var until = DateTimeOffset.TryParse(before, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var given) ? given : clock.GetUtcNow().AddDays(1);
        try
        {
            Codes = await refused.CountAsync(clock.GetUtcNow().AddDays(-1), HttpContext.RequestAborted);
            Found = await refused.SearchAsync(string.IsNullOrWhiteSpace(Code) ? null : Code.Trim(), until, PerPage, HttpContext.RequestAborted);
        }
        catch (Exception error) when (error is MongoDB.Driver.MongoException or TimeoutException)
        {
            StoreIsSilent = true;
        }
        Older = Found.Count == PerPage ? Found[^1].RefusedAt.ToString("O", CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Wishes that a refused event be sent once more.</summary>
    public async Task<IActionResult> OnPostAsync([FromForm] string? id) =>
        await replays.WishAsync(id, HttpContext.Actor(), HttpContext.RequestAborted) switch
        {
            null => NotFound(),
            true => LocalRedirect("/ingest"),
            false => StatusCode(StatusCodes.Status409Conflict),
        };

    /// <summary>The beginning of a payload as text; what is no UTF-8 shows as replacement characters.</summary>
    public static string Text(byte[] raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        return Encoding.UTF8.GetString(raw.AsSpan(0, Math.Min(raw.Length, ShownBytes)));
    }

    public static bool IsCut(byte[] raw) => raw?.Length > ShownBytes;
}
