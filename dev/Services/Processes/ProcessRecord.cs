using System.Text.Json;

namespace Pipeline.Services.Processes;

/// <summary>
/// A process as it is written down under the state folder. A pid alone is not enough: after a power cut, or on a machine that hands out
/// pids quickly, it may be somebody else's, so the boot and the start time (clock ticks since that boot) are part of the name.
/// </summary>
/// <param name="StopSignal">The signal that asks it to end in good order.</param>
/// <param name="Fingerprint">What it was started with, where that may change.</param>
internal sealed record ProcessRecord(int Pid, long StartTicks, string Boot, int StopSignal = Signals.Terminate, string Fingerprint = "")
{
    /// <summary>A process that has ended before it could be written down.</summary>
    public static readonly ProcessRecord Ended = new(0, 0, "");

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <returns>Null when no such process runs.</returns>
    public static ProcessRecord? Of(int pid) =>
        ReadStat(pid) is { Running: true } stat ? new ProcessRecord(pid, stat.StartTicks, BootId()) : null;

    public static ProcessRecord? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ProcessRecord>(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null; // a record cut short by a power cut names no process of this boot
        }
    }

    public void Write(string file) => AtomicFile.Write(file, JsonSerializer.Serialize(this));

    /// <summary>Whether that very process still runs; one that has ended but was not yet reaped does not.</summary>
    public bool IsAlive() => ReadStat(Pid) is { Running: true } stat && stat.StartTicks == StartTicks && Boot == BootId();

    /// <summary>Asks the process to end, and kills it with its children when it has not after <paramref name="patience"/>.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!IsAlive())
            return true;
        Signals.Send(Pid, StopSignal);
        if (await EndedWithinAsync(patience, cancellationToken))
            return true;
        await KillAsync(cancellationToken);
        return false;
    }

    /// <summary>SIGKILL for the process and all below it, and the wait until none is left: what a power cut does to one server.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (!IsAlive())
            return;
        var family = Descendants().Prepend(this).ToList();
        foreach (var member in family.Where(member => member.IsAlive()))
            Signals.Send(member.Pid, Signals.Kill);
        foreach (var member in family)
        {
            if (!await member.EndedWithinAsync(TimeSpan.FromSeconds(10), cancellationToken))
                throw new ServerException($"process {member.Pid} does not end, not even by SIGKILL");
        }
    }

    public Task<bool> EndedWithinAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        WithinAsync(() => !IsAlive(), patience, cancellationToken);

    /// <summary>Whether even its entry in the process table is gone, which whoever adopted the process clears in its own time.</summary>
    public Task<bool> ReapedWithinAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        WithinAsync(() => ReadStat(Pid)?.StartTicks != StartTicks, patience, cancellationToken);

    private static async Task<bool> WithinAsync(Func<bool> condition, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > patience)
                return false;
            await Task.Delay(PollInterval, cancellationToken);
        }
        return true;
    }

    private List<ProcessRecord> Descendants()
    {
        var all = new List<(int Parent, ProcessRecord Process)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && ReadStat(pid) is { } stat)
                all.Add((stat.Parent, new ProcessRecord(pid, stat.StartTicks, Boot)));
        }
        var children = all.ToLookup(one => one.Parent, one => one.Process);
        var found = new List<ProcessRecord>(children[Pid]);
        for (var i = 0; i < found.Count; i++)
            found.AddRange(children[found[i].Pid]);
        return found;
    }

    private static (bool Running, int Parent, long StartTicks)? ReadStat(int pid)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        // proc(5): "pid (name) state ppid … starttime …"; the name may hold spaces and brackets, so count from its last bracket.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Running: fields[0] is not ("Z" or "X"), Parent: int.Parse(fields[1]), StartTicks: long.Parse(fields[19]));
    }

    private static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
