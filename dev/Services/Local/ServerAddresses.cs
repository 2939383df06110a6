using System.Text.Json.Serialization;
using Pipeline.Storage;

namespace Pipeline.Services.Local;

/// <summary>Where the servers answer, each in the form that its environment variable carries; null for one that there is not.</summary>
public sealed record ServerAddresses(string? Kafka, string? Mongo, string? MySql, string? Redis)
{
    /// <summary>Name and user of the database, in MongoDB and in MySQL.</summary>
    public const string Database = "coupang_play";
    public const string User = "pipeline";

    [JsonIgnore]
    public IReadOnlySet<Server> Missing => Enum.GetValues<Server>().Where(server => this[server] is null).ToHashSet();

    public string? this[Server server] => server switch
    {
        Server.Kafka => Kafka,
        Server.Mongo => Mongo,
        Server.MySql => MySql,
        Server.Redis => Redis,
        _ => throw new ArgumentOutOfRangeException(nameof(server)),
    };

    /// <summary>The environment variable of a server's address.</summary>
    public static string Variable(Server server) => server switch
    {
        Server.Kafka => Addresses.KafkaVariable,
        Server.Mongo => Addresses.MongoVariable,
        Server.MySql => Addresses.MySqlVariable,
        Server.Redis => Addresses.RedisVariable,
        _ => throw new ArgumentOutOfRangeException(nameof(server)),
    };

    /// <summary>The addresses given in the environment.</summary>
    /// <exception cref="AddressException">One of them is malformed.</exception>
    public static ServerAddresses FromEnvironment()
    {
        var given = Addresses.FromEnvironment();
        return new ServerAddresses(Given(() => given.Kafka), Given(() => given.Mongo), Given(() => given.MySql), Given(() => given.Redis));
    }

    /// <summary>These addresses, and those of <paramref name="others"/> where there is none.</summary>
    public ServerAddresses Or(ServerAddresses others) =>
        new(Kafka ?? others.Kafka, Mongo ?? others.Mongo, MySql ?? others.MySql, Redis ?? others.Redis);

    public Dictionary<string, string> ToEnvironment() =>
        Enum.GetValues<Server>().Where(server => this[server] is not null).ToDictionary(Variable, server => this[server]!);

    private static string? Given(Func<string> address)
    {
        try
        {
            return address();
        }
        catch (AddressException)
        {
            return null; // not given: one that is malformed was refused before
        }
    }
}
