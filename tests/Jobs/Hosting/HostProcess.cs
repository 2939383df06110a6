using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Jobs.Hosting;
using Pipeline.Jobs.Popularity;
using Pipeline.Jobs.Runs;
using Pipeline.JobStorage;
using Pipeline.Storage;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Tests.Hosting;

/// <summary>A jobs host in a process of its own, so that it can be killed: this test program started again. In place of its jobs it has one that does nothing, at once or for ever.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    public const string Verb = "host";

    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    /// <param name="forEver">Whether its job never ends by itself.</param>
    /// <param name="lease">How long it keeps a trigger without a heartbeat; it keeps a run for three fifths of that.</param>
    public static async Task<HostProcess> StartAsync(JobStores stores, bool forEver, TimeSpan lease, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (string[])["exec", typeof(HostProcess).Assembly.Location, Verb, stores.MySqlAddress, stores.RedisAddress,
            forEver.ToString(), lease.TotalSeconds.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        var host = new HostProcess(Process.Start(start)!);
        while (await host._process.StandardOutput.ReadLineAsync(cancellationToken) is var line && line != "ready")
            Assert.NotNull(line);
        // Read on, so that a full pipe never stops the host.
        _ = host._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return host;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>As a service manager stops it: it ends what it does first.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    /// <summary>The child's side: works until its input ends.</summary>
    internal static async Task<int> RunAsync(string[] args)
    {
        bool forEver = bool.Parse(args[3]);
        var lease = TimeSpan.FromSeconds(double.Parse(args[4], CultureInfo.InvariantCulture));
        await using var app = JobsHost.Build(new Addresses(mongo: JobStores.SilentMongo, mySql: args[1], redis: args[2]), new JobsSettings { Http = "http://127.0.0.1:0" }, services =>
        {
            services.RemoveAll<IJob>();
            services.AddSingleton<IJob>(new IdleJob(forEver));
            services.AddSingleton(_ => new MySqlJobStorage(args[1], new MySqlJobStorageOptions { LeaseDuration = lease }));
            services.AddSingleton(provider => new RunLedger(provider.GetRequiredService<RunStore>(), TimeProvider.System, NullLogger<RunLedger>.Instance)
            {
                Lease = lease * 0.6,
            });
        });
        await app.Services.GetRequiredService<TimetableService>().ApplyAsync(CancellationToken.None);
        await app.StartAsync();
        await Console.Out.WriteLineAsync("ready");
        while (await Console.In.ReadLineAsync() is not null)
        {
            // The end of the input is what counts.
        }
        await app.StopAsync();
        return 0;
    }

    private sealed class IdleJob(bool forEver) : IJob
    {
        public string Name => PopularityJob.JobName;

        public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
        {
            if (forEver)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return JobOutcome.Done;
        }
    }
}
