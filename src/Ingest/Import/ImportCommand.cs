using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Pipeline.Ingest.Send;
using Pipeline.Storage;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Rights;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Ingest.Import;

/// <summary><c>import FILE… [--as events|ratings|titles] [--json]</c>: files straight into the stores.</summary>
internal static class ImportCommand
{
    private enum Kind
    {
        Events,
        Ratings,
        Titles,
        Licences,
        AgeLimits,
    }

    private const string Kinds = "events, ratings, titles, licences or agelimits";

    public static Command Create()
    {
        var files = EventFiles.Argument("Plain or, with the ending .gz, gzip.");
        var kind = new Option<Kind>("--as")
        {
            Description = "events: NDJSON as the contract has it. ratings: MovieLens u.data, ratings.dat or ratings.csv. titles: a catalogue as 'generate --catalog' writes it. licences: when titles may be shown where. agelimits: of members.",
            HelpName = Kinds,
            DefaultValueFactory = _ => Kind.Events,
            CustomParser = result =>
            {
                var name = result.Tokens[0].Value;
                if (Enum.TryParse<Kind>(name, ignoreCase: true, out var found) && !char.IsAsciiDigit(name[0]) && Enum.IsDefined(found))
                    return found;
                result.AddError($"--as must be {Kinds}, not '{name}'.");
                return default;
            },
        };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("import", "Events or ratings into the event store, or titles, licences and age limits into MySQL. Importing again changes nothing.") { files, kind, json };
        command.SetAction((arguments, cancellationToken) =>
            RunAsync(arguments.GetRequiredValue(files), arguments.GetValue(kind), arguments.GetValue(json), TimeProvider.System, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string[] files, Kind kind, bool json, TimeProvider time, CancellationToken cancellationToken)
    {
        EventFiles.Check(files);
        var report = new ImportReport(Console.Error, time);
        var problem = await ProblemAsync(() => kind is Kind.Titles or Kind.Licences or Kind.AgeLimits
            ? ImportTableAsync(files, kind, report, time, cancellationToken)
            : ImportEventsAsync(files, kind, report, time, cancellationToken));
        if (problem is not null)
            await Console.Error.WriteLineAsync($"{problem} What is counted is stored; import again to go on.");
        Console.WriteLine(json ? report.ToJson() : report.ToString());
        return problem is null && report.Refused == 0 ? 0 : 1;
    }

    private static async Task ImportEventsAsync(string[] files, Kind kind, ImportReport report, TimeProvider time, CancellationToken cancellationToken)
    {
        var database = DocumentDatabase.Open(Addresses.FromEnvironment().Mongo);
        var tombstones = new Tombstones(database, ErasureKey.Read(IngestSettings.FromEnvironment().ErasureKeyFile), time);
        var events = new ErasureGuard(new MongoEventStore(database, time), tombstones);
        await events.PrepareAsync(cancellationToken);
        var import = new EventImport(events, new RefusedEventGuard(new MongoRefusedEvents(database, time), tombstones), time, report);
        foreach (var file in files)
        {
            await ReadAsync(file, stream => import.ReadAsync(
                new ImportSource(file), stream, kind == Kind.Ratings ? new RatingLines() : new EventLines(), cancellationToken));
        }
    }

    private static async Task ImportTableAsync(string[] files, Kind kind, ImportReport report, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var database = new Database(Addresses.FromEnvironment().MySql, time, NullLogger<Database>.Instance) { Patience = TimeSpan.FromSeconds(10) };
        await new Schema(database, Schema.Embedded, NullLogger<Schema>.Instance).MigrateAsync(cancellationToken);
        var (titles, rights) = (new TitleStore(database), new RightsStore(database));
        Func<string, Stream, CancellationToken, Task> import = kind switch
        {
            Kind.Licences => new TableImport<TitleLicence>(RightsLines.ReadLicence, rights.WriteAsync, report).ReadAsync,
            Kind.AgeLimits => new TableImport<AgeLimit>(RightsLines.ReadAgeLimit, rights.WriteAsync, report).ReadAsync,
            _ => new TableImport<CatalogTitle>(TitleLine.Read, titles.WriteAsync, report).ReadAsync,
        };
        foreach (var file in files)
            await ReadAsync(file, stream => import(file, stream, cancellationToken));
    }

    private static async Task ReadAsync(string file, Func<Stream, Task> read)
    {
        await using var stream = EventFiles.Open(file);
        try
        {
            await read(stream);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new SendException($"cannot read {file} to its end: {EventFiles.Words(file, e)}", e);
        }
    }

    /// <summary>Runs the import, and puts into words what has ended it early.</summary>
    private static async Task<string?> ProblemAsync(Func<Task> import)
    {
        try
        {
            await import();
            return null;
        }
        catch (OperationCanceledException)
        {
            return "Interrupted.";
        }
        catch (Exception e) when (e is SendException or EventStoreUnavailableException or ErasureKeyException or MySqlException or SchemaException)
        {
            return e.Message.TrimEnd('.') + ".";
        }
    }
}
