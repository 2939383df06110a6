using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Errors;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Commands;

/// <summary>What shells and tools ask when they connect, answered with what is true of a gateway and no more.</summary>
internal static class DiagnosticCommands
{
    private const string Version = "7.0.0";

    public static Task<Reply> GetLogAsync(CommandContext context) =>
        Task.FromResult(new BsonWriter().Int32("totalLinesWritten", 0).Array("log").End().Ok());

    public static Task<Reply> GetCommandLineAsync(CommandContext context) =>
        Task.FromResult(new BsonWriter().Array("argv").End().Document("parsed").End().Ok());

    public static Task<Reply> GetParameterAsync(CommandContext context)
    {
        if (!context.Request.Has("featureCompatibilityVersion"u8))
            throw new CommandException(ErrorCode.InvalidOptions, "no option found to get");
        return Task.FromResult(new BsonWriter().Document("featureCompatibilityVersion").String("version", "7.0").End().Ok());
    }

    public static Task<Reply> HostInfoAsync(CommandContext context) => Task.FromResult(new BsonWriter()
        .Document("system")
        .Date("currentTime", context.Services.Options.Time.GetUtcNow())
        .String("hostname", Environment.MachineName)
        .Int32("numCores", Environment.ProcessorCount)
        .End()
        .Document("os").String("type", "Linux").String("name", Environment.OSVersion.VersionString).End()
        .Document("extra").End()
        .Ok());

    public static Task<Reply> ServerStatusAsync(CommandContext context)
    {
        var services = context.Services;
        var now = services.Options.Time.GetUtcNow();
        var uptime = now - services.Started;
        return Task.FromResult(new BsonWriter()
            .String("host", Environment.MachineName).String("version", Version).String("process", "gateway")
            .Int64("pid", Environment.ProcessId)
            .Double("uptime", uptime.TotalSeconds).Int64("uptimeMillis", (long)uptime.TotalMilliseconds)
            .Date("localTime", now)
            .Document("connections")
            .Int32("current", services.OpenConnections)
            .Int32("available", services.Options.MaxConnections - services.OpenConnections)
            .End()
            .Document("metrics").Document("cursor").Document("open").Int64("total", services.Cursors.Count).End().End().End()
            .Document("postgres")
            .Int32("poolSize", services.Options.PoolSize)
            .Int32("poolFree", services.Pool.FreeSlots)
            .End()
            .Ok());
    }
}
