using System.Text.Json.Serialization;
using Pipeline.Storage;

namespace Pipeline.Services.Local;

/// <summary>Where the servers answer, each in the form that its environment variable carries; null for one that there is not.</summary>
public sealed record ServerAddresses(string? Kafka, string? Mongo, string? MySql, string? Redis)
{
    /// <summary>Name and user of the database, in MongoDB and in MySQL.</summary>
    public const string Database = "coupang_play";
    public const string User = "pipeline";

    private IEnumerable<(Server Server, string Variable, string? Address)> All =>
    [
        (Server.Kafka, Addresses.KafkaVariable, Kafka),
        (Server.Mongo, Addresses.MongoVariable, Mongo),
        (Server.MySql, Addresses.MySqlVariable, MySql),
        (Server.Redis, Addresses.RedisVariable, Redis),
    ];

    [JsonIgnore]
    public IReadOnlySet<Server> Missing => All.Where(one => one.Address is null).Select(one => one.Server).ToHashSet();

    /// <summary>The addresses given in the environment.</summary>
    /// <exception cref="AddressException">One of them is malformed.</exception>
    public static ServerAddresses FromEnvironment()
    {
        var given = Addresses.FromEnvironment();
        return new ServerAddresses(Given(() => given.Kafka), Given(() => given.Mongo), Given(() => given.MySql), Given(() => given.Redis));
    }

    /// <summary>These addresses, and those of <paramref name="others"/> where there is none.</summary>
    public ServerAddresses Or(ServerAddresses others) => new(Kafka ?? others.Kafka, Mongo ?? others.Mongo, MySql ?? others.MySql, Redis ?? others.Redis);

    public Dictionary<string, string> ToEnvironment() => All.Where(one => one.Address is not null).ToDictionary(one => one.Variable, one => one.Address!);

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
