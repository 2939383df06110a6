using System.Net;
using System.Text.Json;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Jobs.Hosting;
using Pipeline.Storage;

namespace Pipeline.Jobs.Tests.Hosting;

[Trait("speed", "server")]
public sealed class JobsHostTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_host_answers_for_its_health_its_metrics_and_its_timetable()
    {
        await using var stores = await JobStores.CreateAsync();
        await using var app = JobsHost.Build(
            new Addresses(mongo: JobStores.SilentMongo, mySql: stores.MySqlAddress, redis: stores.RedisAddress),
            new JobsSettings { Http = "http://127.0.0.1:0" });
        await app.Services.GetRequiredService<TimetableService>().ApplyAsync(Cancelled);
        await app.StartAsync(Cancelled);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var health = await client.GetAsync("/health", Cancelled);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.True(JsonDocument.Parse(await health.Content.ReadAsStringAsync(Cancelled)).RootElement.GetProperty("healthy").GetBoolean());
        Assert.Contains("dotnet_", await client.GetStringAsync("/metrics", Cancelled));

        // Without a key there is no dashboard, and nobody gets in.
        foreach (string path in (string[])["/", "/hangfire", "/hangfire/recurring"])
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(path, Cancelled)).StatusCode);

        using var connection = app.Services.GetRequiredService<Hangfire.JobStorage>().GetConnection();
        Assert.Equal(Timetable.Entries.Select(entry => entry.Job).Order(), connection.GetRecurringJobs().Select(job => job.Id).Order());
        Assert.All(connection.GetRecurringJobs(), job => Assert.Equal("Asia/Seoul", job.TimeZoneId));
        await app.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_host_whose_stores_are_away_says_so()
    {
        await using var app = JobsHost.Build(
            new Addresses(mongo: JobStores.SilentMongo, mySql: "Server=127.0.0.1;Port=1;User ID=nobody;Database=none", redis: "127.0.0.1:1,connectTimeout=200"),
            new JobsSettings { Http = "http://127.0.0.1:0" });
        await app.StartAsync(Cancelled);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var health = await client.GetAsync("/health", Cancelled);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.False(JsonDocument.Parse(await health.Content.ReadAsStringAsync(Cancelled)).RootElement.GetProperty("healthy").GetBoolean());
        await app.StopAsync(Cancelled);
    }
}
