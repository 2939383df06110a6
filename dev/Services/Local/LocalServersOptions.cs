namespace Pipeline.Services.Local;

/// <summary>The four servers as the pipeline knows them.</summary>
public enum Server
{
    Kafka,
    Mongo,
    MySql,
    Redis,
}

/// <summary>
/// The processes behind them: MongoDB is PostgreSQL with DocumentDB behind a gateway, which shares one process with the Kafka stand-in.
/// </summary>
public enum LocalServer
{
    MySql,
    Redis,

    /// <summary>PostgreSQL with DocumentDB: where the documents are.</summary>
    Documents,

    /// <summary>The Kafka stand-in and the MongoDB gateway.</summary>
    Serve,
}

public sealed record LocalServersOptions
{
    /// <summary>Ports, passwords, data, logs and pids of one instance.</summary>
    public required string StateFolder { get; init; }

    public string CacheFolder { get; init; } = Root.ServicesRoot.DefaultCacheFolder;

    public IReadOnlySet<Server> Servers { get; init; } = new HashSet<Server>(Enum.GetValues<Server>());

    /// <summary>Instances of tests end with the process that started them, also when that is killed; their state folder goes too, so nothing in it waits for the disk.</summary>
    public bool EndWithOwner { get; init; }

    /// <summary>Receives what is being done, for people.</summary>
    public Action<string> Progress { get; init; } = static _ => { };
}
