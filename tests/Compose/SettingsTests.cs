namespace Pipeline.Compose.Tests;

/// <summary>What a worker is told, and what is published of it.</summary>
[Trait("speed", "fast")]
public sealed class SettingsTests
{
    [Theory]
    [InlineData("ingest", "src/Ingest", "PIPELINE_INGEST_HTTP")]
    [InlineData("jobs", "src/Jobs", "PIPELINE_JOBS_HTTP")]
    public void A_worker_listens_where_it_is_published_and_asked_for_its_health(string service, string room, string setting)
    {
        var compose = ComposeFile.Current.Service(service);
        int port = new Uri(compose.Environment[setting]).Port;
        var dockerfile = new Dockerfile($"{room}/Dockerfile");

        Assert.Equal([$"127.0.0.1:{port}:{port}"], compose.Ports);
        Assert.Equal([$"{port}"], dockerfile.All("EXPOSE"));
        Assert.Contains($"/dev/tcp/127.0.0.1/{port} ", dockerfile.HealthCheck[^1]);
    }
}
