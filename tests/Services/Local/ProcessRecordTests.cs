using System.Diagnostics;
using Pipeline.Services.Local;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Tests.Local;

/// <summary>What is written down about a process, and what may be done on its word.</summary>
[Trait("speed", "fast")]
public sealed class ProcessRecordTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _innocent = Process.Start("sleep", "600");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _innocent.Kill();
        _innocent.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_record_knows_its_process_again()
    {
        var file = Path.Combine(_folder.Path, "process.json");
        ProcessRecord.Of(_innocent.Id)!.Write(file);
        Assert.True(ProcessRecord.Read(file)!.IsAlive());
    }

    [Theory]
    [InlineData(1, false)] // the same pid, started at another time
    [InlineData(0, true)] // the same pid and ticks, counted since another boot
    public async Task A_pid_that_went_to_another_process_is_neither_alive_nor_stopped(long ticks, bool otherBoot)
    {
        var state = new StateFolder(_folder.Path);
        var real = ProcessRecord.Of(_innocent.Id)!;
        var stale = real with { StartTicks = real.StartTicks + ticks, Boot = otherBoot ? "another" : real.Boot };
        stale.Write(state.PidFile("redis"));

        Assert.False(stale.IsAlive());
        Assert.Empty(await Programs.StopAllAsync(state, _ => { }, Ct));
        await stale.KillAsync(Ct);

        Assert.False(_innocent.HasExited);
    }

    [Fact]
    public void A_record_cut_short_names_no_process()
    {
        var file = Path.Combine(_folder.Path, "process.json");
        File.WriteAllText(file, "{\"Pid\":1,\"Star");
        Assert.Null(ProcessRecord.Read(file));
    }

    [Fact]
    public async Task A_process_that_ignores_the_polite_signal_is_killed_with_its_children()
    {
        using var shell = Process.Start("/bin/sh", ["-c", "trap '' TERM; sleep 600 & wait; sleep 600"]);
        var record = ProcessRecord.Of(shell.Id)!;
        await UntilAsync(() => Children(shell.Id).Length == 1);
        var child = ProcessRecord.Of(Children(shell.Id)[0])!;

        Assert.False(await record.StopAsync(TimeSpan.FromMilliseconds(200), Ct));

        Assert.False(record.IsAlive());
        Assert.False(child.IsAlive());
    }

    private static int[] Children(int pid) =>
        [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(10, Ct);
    }
}
