using System.CommandLine;
using OpenTelemetry.Metrics;
using Pipeline.Ingest.Replay;
using Pipeline.Ingest.Worker;
using Pipeline.Storage;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Commands;

/// <summary><c>work</c>: the ingest worker, with /health and /metrics.</summary>
internal static class WorkCommand
{
    public static Command Create()
    {
        var command = new Command("work", "Consume, validate, store; until it is told to stop.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var addresses = Addresses.FromEnvironment();
        var settings = IngestSettings.FromEnvironment();
        var database = DocumentDatabase.Open(addresses.Mongo);
        var tombstones = new Tombstones(database, ErasureKey.Read(settings.ErasureKeyFile), TimeProvider.System);

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(settings.Http);
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<IngestStatus>();
        builder.Services.AddSingleton<IngestMetrics>();
        builder.Services.AddSingleton(services => new IngestServices(
            addresses.Kafka,
            $"{Environment.MachineName}-{Environment.ProcessId}",
            new ErasureGuard(new MongoEventStore(database), tombstones),
            new RefusedEventGuard(new MongoRefusedEvents(database), tombstones),
            tombstones,
            new MongoIngestLedger(database),
            services.GetRequiredService<IngestStatus>(),
            services.GetRequiredService<IngestMetrics>(),
            TimeProvider.System,
            new Random(Environment.ProcessId),
            services.GetRequiredService<ILogger<IngestWorker>>()));
        builder.Services.AddHostedService<IngestService>();
        builder.Services.AddHostedService(services => new ReplayService(
            addresses.Kafka, new RefusedEventDesk(database), TimeProvider.System, services.GetRequiredService<ILogger<ReplayService>>()));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(IngestMetrics.MeterName).AddRuntimeInstrumentation().AddPrometheusExporter());
        // The host's patience with the worker outlasts the worker's own with its batches.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.Drain + TimeSpan.FromSeconds(20));

        await using var app = builder.Build();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapGet("/health", HealthAnswer);
        Log.Starting(app.Services.GetRequiredService<ILogger<IngestWorker>>(), Environment.MachineName, addresses.ToString(), settings);
        var worker = app.Services.GetServices<IHostedService>().OfType<IngestService>().Single();
        await app.RunAsync(cancellationToken);
        return worker.HasFailed ? 1 : 0;
    }

    private static IResult HealthAnswer(IngestStatus status) => Results.Json(
        new
        {
            pid = Environment.ProcessId,
            version = BuildVersion.Of(typeof(WorkCommand).Assembly),
            status = status.IsHealthy ? "healthy" : "unhealthy",
            down = status.Down.ToDictionary(server => server.Key.ToString(), server => server.Value),
            paused = status.IsPaused,
            lag = status.Lag.Values.Sum(),
            partitions = status.Lag.Keys,
        },
        statusCode: status.IsHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
