using MongoDB.Driver;
using MySqlConnector;
using StackExchange.Redis;

namespace Pipeline.Storage;

/// <summary>
/// Where the servers are. A part asks only for what it needs, so an address that nobody asks for may be missing; one that is given
/// must be well formed. Texts made here never contain a password. Each variable has a twin that ends in <c>_FILE</c> and names a file
/// that holds the value, for machines that keep passwords out of the environment.
/// </summary>
public sealed class Addresses
{
    public const string KafkaVariable = "PIPELINE_KAFKA";
    public const string MongoVariable = "PIPELINE_MONGO";
    public const string MySqlVariable = "PIPELINE_MYSQL";
    public const string RedisVariable = "PIPELINE_REDIS";

    /// <summary>What is added to a variable's name for the twin that names a file.</summary>
    public const string FileSuffix = "_FILE";

    private const string KafkaForm = "host:port[,host:port…]";
    private const string MongoForm = "mongodb://[user:password@]host:port[/database]";
    private const string MySqlForm = "Server=…;Port=…;User ID=…;Password=…;Database=…";
    private const string RedisForm = "host:port[,password=…][,defaultDatabase=N]";

    private readonly string? _kafka;
    private readonly string? _mongo;
    private readonly string? _mySql;
    private readonly string? _redis;

    /// <exception cref="AddressException">One that is given is malformed.</exception>
    public Addresses(string? kafka = null, string? mongo = null, string? mySql = null, string? redis = null)
    {
        _kafka = Checked(kafka, KafkaVariable, KafkaForm, CheckKafka);
        _mongo = Checked(mongo, MongoVariable, MongoForm, text => _ = MongoUrl.Create(text));
        _mySql = Checked(mySql, MySqlVariable, MySqlForm, CheckMySql);
        _redis = Checked(redis, RedisVariable, RedisForm, CheckRedis);
    }

    /// <summary>Bootstrap servers, <c>host:port</c> separated by commas.</summary>
    public string Kafka => _kafka ?? throw Missing(KafkaVariable, KafkaForm);

    /// <summary><see cref="Kafka"/>, or null where it is not given, for who can do without.</summary>
    public string? KafkaIfGiven => _kafka;

    /// <summary>MongoDB connection string.</summary>
    public string Mongo => _mongo ?? throw Missing(MongoVariable, MongoForm);

    /// <summary>MySqlConnector connection string, with its database.</summary>
    public string MySql => _mySql ?? throw Missing(MySqlVariable, MySqlForm);

    /// <summary>StackExchange.Redis configuration.</summary>
    public string Redis => _redis ?? throw Missing(RedisVariable, RedisForm);

    /// <exception cref="AddressException">A variable that is set is malformed, or names a file that cannot be read.</exception>
    public static Addresses FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <param name="variable">The value of a variable by its name, null where it is not set.</param>
    public static Addresses From(Func<string, string?> variable) =>
        new(Value(variable, KafkaVariable), Value(variable, MongoVariable), Value(variable, MySqlVariable), Value(variable, RedisVariable));

    /// <summary>Hosts, ports and databases, for logs.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (_kafka is not null)
            parts.Add($"kafka {_kafka}");
        if (_mongo is not null)
        {
            var url = MongoUrl.Create(_mongo);
            parts.Add($"mongo {string.Join(',', url.Servers)}/{url.DatabaseName}");
        }
        if (_mySql is not null)
        {
            var builder = new MySqlConnectionStringBuilder(_mySql);
            parts.Add($"mysql {builder.Server}:{builder.Port}/{builder.Database}");
        }
        if (_redis is not null)
            parts.Add($"redis {string.Join(',', ConfigurationOptions.Parse(_redis).EndPoints)}");
        return string.Join("; ", parts);
    }

    private static string? Value(Func<string, string?> variable, string name)
    {
        string? value = variable(name), file = variable(name + FileSuffix);
        if (string.IsNullOrWhiteSpace(file))
            return value;
        if (!string.IsNullOrWhiteSpace(value))
            throw new AddressException($"{name} and {name}{FileSuffix} are both set: expected one of them");
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AddressException($"{name}{FileSuffix} names a file that cannot be read: {e.Message}");
        }
    }

    private static void CheckKafka(string text)
    {
        foreach (var server in text.Split(','))
        {
            var colon = server.LastIndexOf(':');
            if (colon <= 0 || !ushort.TryParse(server.AsSpan(colon + 1), out var port) || port == 0)
                throw new FormatException();
        }
    }

    private static void CheckMySql(string text)
    {
        var builder = new MySqlConnectionStringBuilder(text);
        if (builder.Server.Length == 0 || builder.Database.Length == 0)
            throw new FormatException();
    }

    private static void CheckRedis(string text)
    {
        if (ConfigurationOptions.Parse(text).EndPoints.Count == 0)
            throw new FormatException();
    }

    private static string? Checked(string? value, string variable, string form, Action<string> check)
    {
        if (string.IsNullOrWhiteSpace(value))
            return null;
        var text = value.Trim();
        try
        {
            check(text);
            return text;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or MongoException)
        {
            // Neither the value nor the parser's message is repeated: both may hold the password.
            throw new AddressException($"{variable} is malformed: expected {form}");
        }
    }

    private static AddressException Missing(string variable, string form) => new($"{variable} is not set: expected {form}");
}

/// <summary>An address is missing or malformed; the message names the variable and the expected form.</summary>
public sealed class AddressException(string message) : Exception(message);
