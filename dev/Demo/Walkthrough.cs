using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Pipeline.Demo;

/// <summary>The whole arrow, once: every step through a public command, every result read back by the contract.</summary>
internal sealed class Walkthrough(WorldSize size, Outside outside, TimeProvider clock)
{
    /// <summary>Ingest may not stand still for longer than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Stopwatch watch = Stopwatch.StartNew();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Home(), ".run", "demo")).FullName;
        string catalog = Path.Combine(folder, "catalog.ndjson"), stream = Path.Combine(folder, "events.ndjson");
        // The full hour, so that a demo soon after another sends the same events and shows that they count once.
        long hour = clock.GetUtcNow().ToUnixTimeSeconds() / 3600 * 3600;
        string[] world = size.Arguments(DateTimeOffset.FromUnixTimeSeconds(hour));

        Step("Generating titles and watch events");
        await Programs.RunToFileAsync(catalog, "Generator", ["generate", .. world, "--catalog"], cancellationToken);
        await Programs.RunToFileAsync(stream, "Generator", ["generate", .. world], cancellationToken);
        await Programs.RunForJsonAsync("Ingest", ["import", catalog, "--as", "titles"], cancellationToken);

        Step("Sending the events through Kafka into the document store");
        var before = await CountsAsync(cancellationToken);
        var sent = await Programs.RunForJsonAsync("Ingest", ["send", stream], cancellationToken);
        await PrintLedgerAsync(sent.GetProperty("sent").GetInt64(), before, cancellationToken);

        Step("Counting popularity");
        await Programs.RunForJsonAsync("Jobs", ["run", "popularity"], cancellationToken);

        Step("Training, checking and publishing recommendations");
        var run = await Programs.RunForJsonAsync("Jobs", ["run", "train-recommendations"], cancellationToken);
        PrintRun(run);
        await ModelPrint.WriteAsync(run, cancellationToken);

        Step("Reading what the API would read");
        await PrintListsAsync(cancellationToken);
        Console.WriteLine($"\nDone in {watch.Elapsed.TotalSeconds:F0} s. Everything is still up: './pipeline status' shows where, './pipeline recommend 1' reads one list, './pipeline down' stops it.");
    }

    private void Step(string title) => Console.WriteLine($"\n[{watch.Elapsed.TotalSeconds,4:F0} s] {title}");

    private sealed record Counts(long Stored, long Duplicates, long Refused, long EventDocuments, long RefusedDocuments);

    private async Task<Counts> CountsAsync(CancellationToken cancellationToken)
    {
        var ledger = await Programs.RunForJsonAsync("Ingest", ["ledger"], cancellationToken);
        return new Counts(
            ledger.GetProperty("stored").GetInt64(), ledger.GetProperty("duplicates").GetInt64(), ledger.GetProperty("refused").GetInt64(),
            await outside.CountAsync("watch_events", cancellationToken), await outside.CountAsync("refused_events", cancellationToken));
    }

    private async Task PrintLedgerAsync(long sent, Counts before, CancellationToken cancellationToken)
    {
        Counts now;
        long counted, last = -1;
        var lastMove = Stopwatch.StartNew();
        while (true)
        {
            now = await CountsAsync(cancellationToken);
            counted = now.Stored + now.Duplicates + now.Refused - before.Stored - before.Duplicates - before.Refused;
            if (counted >= sent)
                break;
            if (counted != last)
                lastMove.Restart();
            else if (lastMove.Elapsed > Patience)
                throw new DemoFailedException($"ingest stopped at {counted:N0} of {sent:N0} events; see .run/logs");
            last = counted;
            await Task.Delay(TimeSpan.FromMilliseconds(500), clock, cancellationToken);
        }

        Console.WriteLine($"""
                     sent {sent,12:N0}
                   stored {now.Stored - before.Stored,12:N0}   documents in watch_events {now.EventDocuments - before.EventDocuments:+#,0;-#,0;0}, now {now.EventDocuments:N0}
             + duplicates {now.Duplicates - before.Duplicates,12:N0}
                + refused {now.Refused - before.Refused,12:N0}   documents in refused_events {now.RefusedDocuments - before.RefusedDocuments:+#,0;-#,0;0}, now {now.RefusedDocuments:N0}
                        = {counted,12:N0}
            """);
        if (counted != sent)
            throw new DemoFailedException($"the ledger does not add up: {sent:N0} sent, {counted:N0} accounted for (is somebody else sending?)");
        if (now.EventDocuments - before.EventDocuments != now.Stored - before.Stored || now.RefusedDocuments - before.RefusedDocuments != now.Refused - before.Refused)
            throw new DemoFailedException("the ledger and the document store disagree");
    }

    private static void PrintRun(JsonElement run)
    {
        if (run.GetProperty("reason").GetString() is { } reason)
            Console.WriteLine($"    {reason}");
        foreach (string name in (string[])["members", "titles", "interactions", "evaluatedMembers", "trainingSeconds", "lists", "generation", "model"])
        {
            if (run.GetProperty("metrics").TryGetProperty(name, out var value))
                Console.WriteLine($"    {name,-28} {value.GetDouble().ToString("0.####", CultureInfo.InvariantCulture),10}");
        }
    }

    private async Task PrintListsAsync(CancellationToken cancellationToken)
    {
        long generation = await outside.ServedGenerationAsync(cancellationToken) ?? throw new DemoFailedException("no generation is served");
        var members = await outside.ActiveMembersAsync(cancellationToken);
        var compared = await outside.CompareListsAsync(generation, members, cancellationToken);
        Console.WriteLine($"    generation {generation}: {compared.InMySql:N0} of {compared.Members:N0} active members have a list in MySQL, {compared.Equal:N0} the same in Redis");
        if (compared.InMySql != compared.Members || compared.Equal != compared.Members)
            throw new DemoFailedException("not every active member has the same list in MySQL and Redis");

        var names = await outside.TitleNamesAsync(cancellationToken);
        foreach (string region in (string[])["ALL", "KR"])
        {
            Console.WriteLine($"\n    Popular over 28 days in region {region}, by trend");
            foreach (var (title, hours, viewers) in await outside.PopularAsync(region, "28d", cancellationToken))
                Console.WriteLine($"      {Name(title),-60} {hours,8:F1} h {viewers,6} viewers");
        }
        foreach (long member in (long[])[members[0], members[members.Count / 2], members[^1]])
        {
            Console.WriteLine($"\n    For member {member}");
            foreach (var title in (await outside.ListAsync(generation, member, cancellationToken)).Take(5))
                Console.WriteLine($"      {Name(title.ContentId),-60} {title.Score,8:F4}  {title.Reason}");
        }

        string Name(long title) => names.TryGetValue(title, out string? name) ? name : title.ToString(CultureInfo.InvariantCulture);
    }

    private static string Home() => Environment.GetEnvironmentVariable("PIPELINE_HOME") is { Length: > 0 } home ? home : Directory.GetCurrentDirectory();
}
