using System.Net;
using MongoDB.Driver;
using Npgsql;
using Pipeline.Servers;
using Pipeline.Services.Gateway;
using Pipeline.Services.Local;

[assembly: AssemblyFixture(typeof(Pipeline.Gateway.Tests.GatewayFixture))]

namespace Pipeline.Gateway.Tests;

/// <summary>One PostgreSQL with DocumentDB for all gateway tests, and a gateway in this process, whose log they can read.</summary>
public sealed class GatewayFixture : IAsyncDisposable
{
    public const string User = "tester";
    public const string Password = "p@ss, w=rd";

    private readonly SemaphoreSlim _starting = new(1);
    private Running? _running;

    /// <summary>Started by the first test that asks, so that the fast tests of this project need no server.</summary>
    public async Task<Running> StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            return _running ??= await Running.StartAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    public async Task<IMongoDatabase> DatabaseAsync() => (await StartAsync()).Client.GetDatabase(TestServers.FreshName());

    public async Task<IMongoCollection<MongoDB.Bson.BsonDocument>> CollectionAsync() =>
        (await DatabaseAsync()).GetCollection<MongoDB.Bson.BsonDocument>("c");

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        _starting.Dispose();
    }

    public sealed class Running(LocalServers servers, string connectionString, GatewayHost host, IMongoClient client) : IAsyncDisposable
    {
        public LocalServers Servers { get; } = servers;

        public string ConnectionString { get; } = connectionString;

        public GatewayHost Host { get; } = host;

        public IMongoClient Client { get; } = client;

        public static async Task<Running> StartAsync()
        {
            var folder = Directory.CreateTempSubdirectory($"gateway-{Environment.ProcessId}-").FullName;
            var servers = await LocalServers.StartAsync(
                new LocalServersOptions { StateFolder = folder, Servers = new HashSet<Server> { Server.Mongo }, EndWithOwner = true, Progress = Console.Error.WriteLine },
                CancellationToken.None);
            var connectionString = DocumentsProgram.ConnectionString(new StateFolder(folder));
            var host = await GatewayHost.StartAsync(Options(connectionString));
            return new Running(servers, connectionString, host, ClientOf(host));
        }

        /// <summary>One more gateway before the same PostgreSQL.</summary>
        public Task<GatewayHost> GatewayAsync(Func<GatewayOptions, GatewayOptions> with) => GatewayHost.StartAsync(with(Options(ConnectionString)));

        public async Task<T> SqlAsync<T>(string sql, CancellationToken cancellationToken)
        {
            await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand(sql, connection);
            return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        public static IMongoClient ClientOf(GatewayHost host, Action<MongoClientSettings>? with = null)
        {
            var settings = MongoClientSettings.FromConnectionString(Uri(host, User, Password));
            settings.ServerSelectionTimeout = TimeSpan.FromSeconds(10);
            with?.Invoke(settings);
            return new MongoClient(settings);
        }

        public static string Uri(GatewayHost host, string user, string password) =>
            $"mongodb://{System.Uri.EscapeDataString(user)}:{System.Uri.EscapeDataString(password)}@{host.EndPoint}/?authSource=admin";

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Host.DisposeAsync();
            await Servers.DisposeAsync();
        }

        private static GatewayOptions Options(string connectionString) => new()
        {
            ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            ConnectionString = connectionString,
            User = User,
            Password = Password,
        };
    }
}
