using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MySqlConnector;

namespace Pipeline.EndToEnd.Tests;

[Trait("speed", "e2e")]
public sealed class UpAndDownTests
{
    [Fact]
    public async Task A_power_cut_loses_nothing_and_down_leaves_nothing()
    {
        await using var pipe = new Pipe();
        (await pipe.RunAsync("up")).ShouldEnd(0);
        string events = pipe.Write("events.ndjson", (await pipe.RunAsync("generate", "--events", "3000", "--until", LastHour())).ShouldEnd(0).Output);
        // Some of the events are broken on purpose; each is named, and the rest is kept.
        Assert.Contains($"{events}:", (await pipe.RunAsync("import", events)).ShouldEnd(1).Error, StringComparison.Ordinal);
        (await pipe.RunAsync("run", "popularity")).ShouldEnd(0);
        (await pipe.RunAsync("recommend", "1")).ShouldEnd(0);
        var (computedAt, before) = await PopularityAsync(pipe, null);
        Assert.NotEmpty(before);

        foreach (int pid in pipe.ProcessesLeft())
            Kill(pid);
        (await pipe.RunAsync("up")).ShouldEnd(0);
        (await pipe.RunAsync("recommend", "1")).ShouldEnd(0);
        Assert.Equal(before, (await PopularityAsync(pipe, computedAt)).Rows);
        using (var status = JsonDocument.Parse((await pipe.RunAsync("status", "--json")).ShouldEnd(0).Output))
            Assert.All(status.RootElement.GetProperty("workers").EnumerateArray(), worker => Assert.True(worker.GetProperty("healthy").GetBoolean()));

        (await pipe.RunAsync("down")).ShouldEnd(0);
        Assert.Empty(pipe.ProcessesLeft());
        Assert.DoesNotContain(pipe.Home, await File.ReadAllTextAsync("/proc/mounts", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    // Popularity counts back from now, so the events have to be recent.
    private static string LastHour() =>
        TimeProvider.System.GetUtcNow().AddHours(-1).ToString("yyyy-MM-ddTHH:00:00Z", CultureInfo.InvariantCulture);

    // One computation, the newest where none is named: the timetable may publish another at any time.
    private static async Task<(DateTime ComputedAt, List<string> Rows)> PopularityAsync(Pipe pipe, DateTime? computedAt)
    {
        using var status = JsonDocument.Parse((await pipe.RunAsync("status", "--json")).ShouldEnd(0).Output);
        await using var connection = new MySqlConnection(status.RootElement.GetProperty("mysql").GetString());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new MySqlCommand(
            """
            SELECT computed_at, CONCAT_WS(' ', window_name, region, rank_no, content_id, score) FROM popularity
             WHERE computed_at = COALESCE(@computedAt, (SELECT MAX(computed_at) FROM popularity)) ORDER BY window_name, region, rank_no
            """, connection);
        command.Parameters.AddWithValue("@computedAt", computedAt);
        var rows = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            computedAt = reader.GetDateTime(0);
            rows.Add(reader.GetString(1));
        }
        return (computedAt ?? default, rows);
    }

    private static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (ArgumentException)
        {
            // It went together with another that was killed before it.
        }
    }
}
