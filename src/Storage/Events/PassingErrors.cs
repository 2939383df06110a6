namespace Pipeline.Storage.Events;

/// <summary>Write errors that speak of the server's state and not of the document: the same write may succeed later.</summary>
/// <remarks>Names and numbers: src/mongo/base/error_codes.yml of mongodb/mongo.</remarks>
internal static class PassingErrors
{
    private static readonly HashSet<int> Codes =
    [
        6,      // HostUnreachable
        7,      // HostNotFound
        13,     // Unauthorized
        24,     // LockTimeout
        50,     // MaxTimeMSExpired
        64,     // WriteConcernFailed
        89,     // NetworkTimeout
        91,     // ShutdownInProgress
        112,    // WriteConflict
        133,    // FailedToSatisfyReadPreference
        189,    // PrimarySteppedDown
        262,    // ExceededTimeLimit
        9001,   // SocketException
        10058,  // LegacyNotPrimary
        10107,  // NotWritablePrimary
        11600,  // InterruptedAtShutdown
        11601,  // Interrupted
        11602,  // InterruptedDueToReplStateChange
        13435,  // NotPrimaryNoSecondaryOk
        13436,  // NotPrimaryOrSecondary
        14031,  // OutOfDiskSpace
    ];

    public static bool Contains(int code) => Codes.Contains(code);
}
