using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Hangfire;
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
        string tokenFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(tokenFile, "secret", Cancelled);
        await using var app = JobsHost.Build(
            new Addresses(mySql: stores.MySqlAddress, redis: stores.RedisAddress),
            new JobsSettings { Http = "http://127.0.0.1:0", DashboardTokenFile = tokenFile });
        ScheduledRuns.Register(app.Services.GetRequiredService<IRecurringJobManager>());
        await app.StartAsync(Cancelled);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var health = await client.GetAsync("/health", Cancelled);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.True(JsonDocument.Parse(await health.Content.ReadAsStringAsync(Cancelled)).RootElement.GetProperty("healthy").GetBoolean());
        Assert.Contains("dotnet_", await client.GetStringAsync("/metrics", Cancelled));

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/hangfire", Cancelled)).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        string page = await client.GetStringAsync("/hangfire/recurring", Cancelled);
        Assert.All(Timetable.Entries, entry => Assert.Contains(entry.Job, page));

        using var connection = app.Services.GetRequiredService<JobStorage>().GetConnection();
        Assert.All(connection.GetRecurringJobs(), job => Assert.Equal("Asia/Seoul", job.TimeZoneId));
        await app.StopAsync(Cancelled);
        File.Delete(tokenFile);
    }

    [Fact]
    public async Task A_host_whose_stores_are_away_says_so()
    {
        await using var app = JobsHost.Build(
            new Addresses(mySql: "Server=127.0.0.1;Port=1;User ID=nobody;Database=none", redis: "127.0.0.1:1,connectTimeout=200"),
            new JobsSettings { Http = "http://127.0.0.1:0" });
        await app.StartAsync(Cancelled);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var health = await client.GetAsync("/health", Cancelled);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.False(JsonDocument.Parse(await health.Content.ReadAsStringAsync(Cancelled)).RootElement.GetProperty("healthy").GetBoolean());
        await app.StopAsync(Cancelled);
    }
}
