using System.Net;

namespace Pipeline.Services.Gateway;

/// <summary>What the gateway listens on, what stands behind it, who may use it, and its bounds.</summary>
public sealed record GatewayOptions
{
    /// <summary>Port 0 takes a free one.</summary>
    public required IPEndPoint ListenEndPoint { get; init; }

    /// <summary>Npgsql's connection string of the database that has the extension documentdb.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The one user there is.</summary>
    public required string User { get; init; }

    /// <summary>Printable ASCII: SASLprep, which SCRAM asks for, leaves such text as it is.</summary>
    public required string Password { get; init; }

    /// <summary>Clients past this many are hung up on at once.</summary>
    public int MaxConnections { get; init; } = 512;

    /// <summary>PostgreSQL connections, and so statements that run at the same time.</summary>
    public int PoolSize { get; init; } = 32;

    /// <summary>How long a command waits for one of them.</summary>
    public TimeSpan PoolWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Below documentdb.maxCursorFileCount, past which DocumentDB refuses to open more.</summary>
    public int MaxCursors { get; init; } = 4000;

    /// <summary>A cursor nobody has asked for this long is closed; MongoDB's own default.</summary>
    public TimeSpan CursorIdle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a stop lets running commands finish before it cancels them.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where failures are logged, one line each.</summary>
    public TextWriter Log { get; init; } = Console.Error;

    /// <summary>Without the passwords, which a record would print.</summary>
    public override string ToString() => $"gateway on {ListenEndPoint}";
}
