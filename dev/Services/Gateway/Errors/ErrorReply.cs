using Npgsql;
using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Errors;

/// <summary>An error as the client will see it.</summary>
/// <param name="IsFault">Whether the server is to blame rather than the command: such errors are logged.</param>
internal readonly record struct ErrorReply(int Code, string Message, bool IsFault = false)
{
    public static string NameOf(int code) => Enum.GetName((ErrorCode)code) ?? $"Location{code}";

    /// <param name="timedOut">Whether the command's own maxTimeMS had passed.</param>
    public static ErrorReply From(Exception exception, bool timedOut) => exception switch
    {
        CommandException command => new(command.Code, command.Message, IsOutage(command.Code)),
        BsonException bson => new((int)ErrorCode.InvalidBSON, bson.Message),
        _ when timedOut => new((int)ErrorCode.MaxTimeMSExpired, "operation exceeded time limit"),
        OperationCanceledException => new((int)ErrorCode.InterruptedAtShutdown, "the gateway is stopping"),
        PostgresException postgres => FromState(postgres),
        // Everything else that Npgsql throws is the connection: refused, reset, closed or silent. MongoDB's drivers take this code
        // for a server that is going away, which is what an outage of PostgreSQL is to them: retryable, and the pool is cleared.
        NpgsqlException or System.Net.Sockets.SocketException or IOException =>
            new((int)ErrorCode.ShutdownInProgress, $"PostgreSQL cannot be reached ({exception.GetType().Name})", IsFault: true),
        _ => new((int)ErrorCode.InternalError, exception.Message, IsFault: true),
    };

    public Reply ToReply() => new BsonWriter()
        .Double("ok", 0).String("errmsg", Message).Int32("code", Code).String("codeName", NameOf(Code)).ToReply();

    private static ErrorReply FromState(PostgresException postgres) => SqlStates.TryGetCode(postgres.SqlState, out var code)
        ? new(code, code == (int)ErrorCode.DuplicateKey ? DuplicateKeyText(postgres.MessageText) : postgres.MessageText, IsOutage(code))
        : new((int)ErrorCode.UnknownError, $"{postgres.MessageText} (SQLSTATE {postgres.SqlState})", IsFault: true);

    /// <summary>Clients look for MongoDB's own E11000 in the text.</summary>
    private static string DuplicateKeyText(string message) => $"E11000 duplicate key error: {message}";

    private static bool IsOutage(int code) => (ErrorCode)code is ErrorCode.InternalError or ErrorCode.UnknownError or ErrorCode.HostUnreachable
        or ErrorCode.ShutdownInProgress or ErrorCode.ExceededTimeLimit or ErrorCode.ExceededMemoryLimit or ErrorCode.OutOfDiskSpace
        or ErrorCode.WriteConflict or ErrorCode.TemporarilyUnavailable;
}
