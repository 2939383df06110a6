using System.Globalization;
using System.Text.Json;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

/// <summary>What the run that made a list had before it, and how it chose: of a run that is forgotten nobody knows.</summary>
/// <param name="From">The first moment of the events that the list was made from, UTC.</param>
/// <param name="To">Their end.</param>
/// <param name="Days">How long that is.</param>
/// <param name="TitlesGone">Titles that the model knows and nobody had watched in that time: they are on no list. Null where the run did not count them.</param>
/// <param name="Diversity">What being like a title of the list cost; 0 for nothing.</param>
/// <param name="Calibration">What leaving the kinds of titles that the member watches cost; 0 for nothing.</param>
internal sealed record ListOrigin(DateTime From, DateTime To, int Days, long? TitlesGone, double Diversity, double Calibration)
{
    /// <summary>An event's time may be this far ahead of a server's and still be counted.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    public bool IsReranked => Diversity != 0 || Calibration != 0;

    /// <returns>Null for a run that makes no lists, or whose parameters are not a training's.</returns>
    public static ListOrigin? Of(RunRecord? run)
    {
        if (run is null)
            return null;
        try
        {
            using var parameters = JsonDocument.Parse(run.Parameters);
            using var metrics = JsonDocument.Parse(run.Metrics);
            if (!parameters.RootElement.TryGetProperty("history-days", out var history) || !history.TryGetInt32(out int days))
                return null;
            var asOf = parameters.RootElement.TryGetProperty("as-of", out var given) && given.ValueKind == JsonValueKind.String
                ? DateTime.Parse(given.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
                : run.StartedAt;
            return new ListOrigin(
                asOf.AddDays(-days), asOf + ClockSkew, days, (long?)Number(metrics, "titlesGone"), Number(parameters, "diversity") ?? 0, Number(parameters, "calibration") ?? 0);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static double? Number(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) && value.TryGetDouble(out double number) ? number : null;
}
