using System.Net.Sockets;
using MySqlConnector;

namespace Pipeline.JobStorage.Data;

/// <summary>What an error of the server means for the unit of work that met it.</summary>
internal static class Weather
{
    /// <summary>ER_NET_READ_ERROR to ER_NET_WRITE_INTERRUPTED: the server gave the connection up, for instance because a busy client was slow to sign in.</summary>
    private const int FirstBreak = 1158;
    private const int LastBreak = 1161;

    /// <summary>ER_OPTION_PREVENTS_STATEMENT and ER_READ_ONLY_MODE: this server takes no writes.</summary>
    private const int OptionPreventsStatement = 1290;
    private const int ReadOnlyMode = 1836;

    /// <summary>The server took the whole transaction back, or it can be taken back: a deadlock (1213) or a lock wait (1205).</summary>
    public static bool IsConflict(Exception error) =>
        error is MySqlException { ErrorCode: MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout };

    /// <summary>The server was made to follow another one, which takes the writes now.</summary>
    public static bool IsReadOnly(Exception error) => error is MySqlException { Number: OptionPreventsStatement or ReadOnlyMode };

    /// <summary>The server is away, or was: the connection was refused, cut (2006, 2013), given up by the server, ended by a shutdown or left behind by a failover.</summary>
    public static bool IsOutage(Exception error)
    {
        if (error is not MySqlException failure || IsConflict(failure))
            return false;
        if (failure.IsTransient || IsReadOnly(failure) || failure.ErrorCode is MySqlErrorCode.ServerShutdown or MySqlErrorCode.NormalShutdown || failure.Number is >= FirstBreak and <= LastBreak)
            return true;
        for (Exception? inner = failure.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is IOException or SocketException)
                return true;
        }
        return false;
    }
}
