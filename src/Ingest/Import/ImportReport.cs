using System.Text.Json;
using Pipeline.Ingest.Events;

namespace Pipeline.Ingest.Import;

/// <summary>Counts what becomes of every line, and names the first refused ones.</summary>
/// <param name="remarks">For people.</param>
internal sealed class ImportReport(TextWriter remarks, TimeProvider time)
{
    private const int MostNamed = 20;

    private static readonly TimeSpan BetweenRemarks = TimeSpan.FromSeconds(2);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly SortedDictionary<string, long> _refusedByCode = new(StringComparer.Ordinal);
    private readonly long _begun = time.GetTimestamp();
    private long _named;
    private long _remarked = time.GetTimestamp();

    public long Stored { get; set; }

    public long Duplicates { get; set; }

    public long Refused => _refusedByCode.Values.Sum();

    /// <summary>Lines whose fate is known; blank ones are not counted.</summary>
    public long Lines => Stored + Duplicates + Refused;

    public IReadOnlyDictionary<string, long> RefusedByCode => _refusedByCode;

    /// <summary>Names a refused line as long as there are few of them.</summary>
    public void Name(string file, long line, Refusal refusal)
    {
        if (_named < MostNamed)
            remarks.WriteLine($"{file}:{line}: {refusal.Code} {refusal.Detail}");
        else if (_named == MostNamed)
            remarks.WriteLine("more lines are refused; they are counted, but not named any more");
        _named++;
    }

    public void CountRefused(string code) => _refusedByCode[code] = _refusedByCode.GetValueOrDefault(code) + 1;

    /// <summary>Says how far it is, every few seconds.</summary>
    public void Progress(string file)
    {
        if (time.GetElapsedTime(_remarked) < BetweenRemarks)
            return;
        remarks.WriteLine($"{file}: {Counts}");
        _remarked = time.GetTimestamp();
    }

    public string ToJson() => JsonSerializer.Serialize(new
    {
        Lines,
        Stored,
        Duplicates,
        Refused,
        RefusedByCode = _refusedByCode,
        Seconds = Math.Round(time.GetElapsedTime(_begun).TotalSeconds, 3),
    }, Json);

    public override string ToString()
    {
        var codes = Refused == 0 ? "" : $" ({string.Join(", ", _refusedByCode.Select(entry => $"{entry.Key} {entry.Value:N0}"))})";
        return Counts + codes;
    }

    private string Counts => $"{Stored:N0} stored, {Duplicates:N0} duplicates, {Refused:N0} refused";
}
