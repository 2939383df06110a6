using System.Text.Json;
using Pipeline.Services.Local;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Tests.Local;

/// <summary>Servers and workers together: up, a power cut, up again, down.</summary>
[Trait("speed", "server")]
public sealed class UpTests : IAsyncLifetime
{
    private readonly ServicesProgram _program = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _program.RunAsync(["down"]); // also when a check failed half way
        _program.Dispose();
    }

    [Fact]
    public async Task Everything_stays_at_a_second_up_comes_back_after_a_power_cut_and_goes_at_down()
    {
        await UpAsync();
        var before = await StatusAsync();
        await UpAsync();
        Assert.Equal(before.GetRawText(), (await StatusAsync()).GetRawText());

        var state = new StateFolder(Path.Combine(_program.Home, ".run"));
        await Task.WhenAll(state.Recorded().Select(name => Programs.Find(state, name)!.KillAsync(TestContext.Current.CancellationToken)));
        await UpAsync();
        var after = await StatusAsync();

        foreach (var server in (string[])["mongo", "mysql", "redis", "dashboard"])
            Assert.Equal(before.GetProperty(server).GetString(), after.GetProperty(server).GetString());
        var workers = after.GetProperty("workers").EnumerateArray().ToList();
        Assert.Equal(["ingest", "jobs"], workers.Select(worker => worker.GetProperty("name").GetString()));
        Assert.All(workers, worker => Assert.True(worker.GetProperty("healthy").GetBoolean()));

        var processes = state.Recorded().Select(name => Programs.Find(state, name)!).ToList();
        Assert.Equal("stopped documents, ingest, jobs, mysql, redis, serve", (await _program.RunAsync(["down"])).Tail);
        Assert.All(processes, process => Assert.Null(ProcessRecord.Of(process.Pid)));
    }

    private async Task UpAsync()
    {
        var up = await _program.RunAsync(["up"]);
        Assert.True(up.Ok, up.Tail);
    }

    private async Task<JsonElement> StatusAsync() => JsonDocument.Parse((await _program.RunAsync(["status", "--json"])).Tail).RootElement;
}
