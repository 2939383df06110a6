using Pipeline.Services.Local;
using Pipeline.Services.Serving;

namespace Pipeline.Services.Commands;

/// <summary>The verbs of this program. Exit status: 0 done, 1 the work failed, 2 usage.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["serve", .. var rest] when ServeOptions.Parse(rest) is { } options:
                    await Serve.RunAsync(options);
                    return 0;
                case ["up"]:
                    return await UpAsync();
                case ["down"]:
                    return await DownAsync();
                default:
                    return Usage();
            }
        }
        catch (ServerException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<int> UpAsync()
    {
        var servers = await LocalServers.StartAsync(new LocalServersOptions { StateFolder = ".run", Progress = Console.Error.WriteLine }, CancellationToken.None);
        Console.WriteLine(servers.Addresses);
        return 0;
    }

    private static async Task<int> DownAsync()
    {
        var stopped = await RunningProcesses.StopAllAsync(new StateFolder(".run"), Console.Error.WriteLine, CancellationToken.None);
        await Console.Error.WriteLineAsync(stopped.Count == 0 ? "nothing was running" : $"stopped {string.Join(", ", stopped)}");
        return 0;
    }

    private static int Usage()
    {
        Console.Error.WriteLine("usage: ./pipeline up | down | status [--json]");
        return 2;
    }
}
