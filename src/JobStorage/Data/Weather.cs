using System.Net.Sockets;
using MySqlConnector;

namespace Pipeline.JobStorage.Data;

/// <summary>What an error of the server means for the unit of work that met it.</summary>
internal static class Weather
{
    /// <summary>ER_NET_READ_ERROR to ER_NET_WRITE_INTERRUPTED: the server gave the connection up, for instance because a busy client was slow to sign in.</summary>
    private const int FirstBreak = 1158;
    private const int LastBreak = 1161;

    /// <summary>The server took the whole transaction back, or it can be taken back: a deadlock (1213) or a lock wait (1205).</summary>
    public static bool IsConflict(Exception error) =>
        error is MySqlException { ErrorCode: MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout };

    /// <summary>The server is away, or was: the connection was refused, cut (2006, 2013), given up by the server or ended by a shutdown.</summary>
    public static bool IsOutage(Exception error)
    {
        if (error is not MySqlException failure || IsConflict(failure))
            return false;
        if (failure.IsTransient || failure.ErrorCode is MySqlErrorCode.ServerShutdown or MySqlErrorCode.NormalShutdown || failure.Number is >= FirstBreak and <= LastBreak)
            return true;
        for (Exception? inner = failure.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is IOException or SocketException)
                return true;
        }
        return false;
    }
}
