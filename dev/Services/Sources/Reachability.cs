using System.Net;
using Confluent.Kafka;
using MongoDB.Bson;
using MongoDB.Driver;
using MySqlConnector;
using Pipeline.Services.Local;
using StackExchange.Redis;

namespace Pipeline.Services.Sources;

/// <summary>Whether a server answers, asked the way its clients ask: with the protocol, the user and the database of its address.</summary>
internal static class Reachability
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="ServerException">Some do not answer; the message names each one's variable, and holds no password.</exception>
    public static async Task RequireAsync(ServerAddresses addresses, CancellationToken cancellationToken)
    {
        var answers = await CheckAsync(addresses, cancellationToken);
        var complaints = answers.Where(answer => answer.Value is not null).ToList();
        if (complaints.Count > 0)
            throw new ServerException(string.Join('\n', complaints.Select(one => $"{ServerAddresses.Variable(one.Key)}: {one.Value}")));
    }

    /// <returns>For each server that has an address: null when it answers, else why it does not.</returns>
    public static async Task<IReadOnlyDictionary<Server, string?>> CheckAsync(
        ServerAddresses addresses, CancellationToken cancellationToken)
    {
        var checks = new Dictionary<Server, Task<string?>>();
        if (addresses.Kafka is { } kafka)
            checks[Server.Kafka] = AskAsync(kafka, token => Task.Run(() => AskKafka(kafka), token), cancellationToken);
        if (addresses.Mongo is { } mongo)
        {
            var hosts = string.Join(',', MongoUrl.Create(mongo).Servers);
            checks[Server.Mongo] = AskAsync(hosts, token => AskMongoAsync(mongo, token), cancellationToken);
        }
        if (addresses.MySql is { } mySql)
        {
            var builder = new MySqlConnectionStringBuilder(mySql);
            checks[Server.MySql] = AskAsync($"{builder.Server}:{builder.Port}", token => AskMySqlAsync(builder, token), cancellationToken);
        }
        if (addresses.Redis is { } redis)
        {
            var options = ConfigurationOptions.Parse(redis);
            var hosts = options.EndPoints.Select(endPoint => endPoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : $"{endPoint}");
            checks[Server.Redis] = AskAsync(string.Join(',', hosts), _ => AskRedisAsync(options), cancellationToken);
        }
        await Task.WhenAll(checks.Values);
        return checks.ToDictionary(check => check.Key, check => check.Value.Result);
    }

    private static async Task<string?> AskAsync(string where, Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        try
        {
            // Twice the patience that each client is given: for one that does not keep to it.
            await ask(cancellationToken).WaitAsync(1.6 * Patience, cancellationToken);
            return null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{where} {Reason(e)}";
        }
    }

    /// <summary>What an exception comes to, in one line: a driver may hide the cause, or tell the whole state of its cluster.</summary>
    private static string Reason(Exception error) => error switch
    {
        MongoAuthenticationException
            or MySqlException { ErrorCode: MySqlErrorCode.AccessDenied }
            or RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => "refuses the user or the password",
        TimeoutException
            or RedisConnectionException
            or MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost } => "does not answer",
        _ => "cannot be used: " + error.Message.ReplaceLineEndings(" "),
    };

    private static void AskKafka(string bootstrap)
    {
        // The client says on standard error what its exception says again.
        var settings = new AdminClientConfig { BootstrapServers = bootstrap };
        using var client = new AdminClientBuilder(settings).SetLogHandler((_, _) => { }).Build();
        try
        {
            client.GetMetadata(Patience);
        }
        catch (KafkaException)
        {
            throw new TimeoutException();
        }
    }

    private static async Task AskMongoAsync(string address, CancellationToken cancellationToken)
    {
        var settings = MongoClientSettings.FromConnectionString(address);
        settings.ServerSelectionTimeout = Patience;
        using var client = new MongoClient(settings);
        var database = client.GetDatabase(ServerAddresses.Database);
        await database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), cancellationToken: cancellationToken);
    }

    private static async Task AskMySqlAsync(MySqlConnectionStringBuilder address, CancellationToken cancellationToken)
    {
        var impatient = $"{address.ConnectionString};Pooling=false;Connection Timeout={Patience.TotalSeconds:0}";
        await using var connection = new MySqlConnection(impatient);
        await connection.OpenAsync(cancellationToken);
    }

    private static async Task AskRedisAsync(ConfigurationOptions options)
    {
        options.ConnectRetry = 0;
        options.ConnectTimeout = (int)Patience.TotalMilliseconds;
        options.AbortOnConnectFail = true;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await connection.GetDatabase().PingAsync();
    }
}
