using Hangfire;
using Hangfire.Dashboard;
using OpenTelemetry.Metrics;
using Pipeline.Dashboard;
using Pipeline.Jobs.Alarms;
using Pipeline.Jobs.Erasure;
using Pipeline.Jobs.Retention;
using Pipeline.JobStorage;
using Pipeline.Storage;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Alarms;

namespace Pipeline.Jobs.Hosting;

/// <summary>The worker: timetable, reconciler, health, metrics and dashboard in one process.</summary>
internal static class JobsHost
{
    /// <summary>What a job gets to stop when the worker is told to.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(Addresses addresses, JobsSettings settings, CancellationToken cancellationToken)
    {
        await using var app = Build(addresses, settings);
        await app.Services.GetRequiredService<Schema>().MigrateAsync(cancellationToken);
        await app.Services.GetRequiredService<TimetableService>().ApplyAsync(cancellationToken);
        await app.RunAsync(cancellationToken);
    }

    /// <summary>The application, not started.</summary>
    /// <param name="more">Adds to the services, or replaces some.</param>
    public static WebApplication Build(Addresses addresses, JobsSettings settings, Action<IServiceCollection>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(settings.Http);
        // Probes and scrapes come every few seconds: the requests are the framework's warnings only.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddJobs(addresses, settings);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Drain + TimeSpan.FromSeconds(10));
        builder.Services.AddHostedService<ReconcilerService>();
        builder.Services.AddHostedService<RetentionService>();
        builder.Services.AddHostedService<ErasureWatch>();
        builder.Services.AddHostedService<AnchorService>();
        builder.Services.AddSingleton<AlarmWatch>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AlarmWatch>());
        if (settings.Webhook is { } webhook)
        {
            builder.Services.AddSingleton(provider => new AlarmWebhook(
                AlarmWebhook.CreateClient(), webhook, provider.GetRequiredService<AlarmStore>(), provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<AlarmWebhook>>()));
            builder.Services.AddHostedService<AlarmDelivery>();
        }
        builder.Services.AddSingleton<TimetableService>();
        builder.Services.AddHostedService<TimetableWatch>();
        builder.Services.AddSingleton<IJobControl, JobControl>();
        builder.Services.AddDashboard();
        // The host's own, and not Hangfire's static one: a process may have several hosts.
        builder.Services.AddSingleton<Hangfire.JobStorage>(services => services.GetRequiredService<MySqlJobStorage>());
        builder.Services.AddHangfire(_ => { });
        builder.Services.AddHangfireServer(options =>
        {
            options.ServerName = NodeName.Own;
            // One for each job of the timetable, and some for what people ask for meanwhile.
            options.WorkerCount = Timetable.Entries.Count + 2;
            options.ShutdownTimeout = Drain;
            options.SchedulePollingInterval = TimeSpan.FromSeconds(5);
        });
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(JobMetrics.MeterName).AddMeter(JobStorageMetrics.MeterName).AddRuntimeInstrumentation().AddPrometheusExporter());

        more?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseDashboard("/health", "/metrics");
        app.MapGet("/health", HealthEndpoint.AnswerAsync);
        app.MapPrometheusScrapingEndpoint();
        app.MapDashboard();
        // The dashboard's door stands in front of Hangfire's pages too; Hangfire's own filter would only ask again whether the request is local.
        app.MapHangfireDashboard(Routes.Hangfire, new DashboardOptions
        {
            Authorization = [], IsReadOnlyFunc = context => !context.GetHttpContext().MayPlan(), DashboardTitle = "Pipeline jobs", AppPath = "/",
        });
        return app;
    }
}
