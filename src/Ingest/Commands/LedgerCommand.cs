using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Pipeline.Storage;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Commands;

/// <summary><c>ledger [--json]</c>: what became of every event that was consumed.</summary>
internal static class LedgerCommand
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("ledger", "What became of every event that was consumed: stored, duplicate or refused.") { json };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var ledger = new MongoIngestLedger(DocumentDatabase.Open(Addresses.FromEnvironment().Mongo));
            var entries = await ledger.ReadAsync(cancellationToken);
            Console.WriteLine(arguments.GetValue(json) ? Json(entries) : Table(entries));
            return 0;
        });
        return command;
    }

    private static LedgerCounts Sum(IReadOnlyList<LedgerEntry> entries) =>
        entries.Aggregate(default(LedgerCounts), (sum, entry) => sum + entry.Counts);

    private static string Json(IReadOnlyList<LedgerEntry> entries)
    {
        var sum = Sum(entries);
        return JsonSerializer.Serialize(new
        {
            sum.Stored,
            sum.Duplicates,
            sum.Refused,
            sum.Total,
            Partitions = entries.Select(entry => new
            {
                entry.Topic, entry.Partition, entry.Epoch, entry.Offset, entry.Counts.Stored, entry.Counts.Duplicates, entry.Counts.Refused,
            }),
        }, Indented);
    }

    private static string Table(IReadOnlyList<LedgerEntry> entries)
    {
        string[][] rows =
        [
            ["partition", "stored", "duplicates", "refused", "total"],
            .. entries.Select(entry => Row($"{entry.Topic}/{entry.Partition}", entry.Counts)),
            Row("all", Sum(entries)),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return string.Join('\n', rows.Select(row =>
            row[0].PadRight(widths[0]) + string.Concat(row.Skip(1).Select((cell, i) => "  " + cell.PadLeft(widths[i + 1])))));
    }

    private static string[] Row(string name, LedgerCounts counts) =>
        [name, Text(counts.Stored), Text(counts.Duplicates), Text(counts.Refused), Text(counts.Total)];

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
