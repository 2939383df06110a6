using Pipeline.Servers;
using Pipeline.Services.Local;

namespace Pipeline.JobStorage.Tests.Servers;

/// <summary>A database server of a test's own, which it may kill.</summary>
/// <param name="Address">Connection string with a database.</param>
/// <param name="KillAsync">SIGKILL.</param>
/// <param name="StartAsync">Starts it again, at the same address.</param>
internal sealed record PrivateServer(string Address, Func<Task> KillAsync, Func<Task> StartAsync, IAsyncDisposable Owner) : IAsyncDisposable
{
    /// <summary>Skips the test where the server is not installed.</summary>
    public static async Task<PrivateServer> CreateAsync(Flavour flavour, CancellationToken cancellationToken)
    {
        if (flavour == Flavour.MySql)
        {
            var servers = await TestServers.PrivateAsync(Server.MySql);
            return new PrivateServer(
                servers.Addresses.MySql!, () => servers.KillAsync(LocalServer.MySql), () => servers.StartAsync(LocalServer.MySql, cancellationToken), servers);
        }
        Databases.RequireMariaDb();
        var mariaDb = await MariaDb.StartAsync();
        return new PrivateServer(await Databases.CreateAsync(mariaDb.Address), mariaDb.KillAsync, mariaDb.StartAgainAsync, mariaDb);
    }

    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
