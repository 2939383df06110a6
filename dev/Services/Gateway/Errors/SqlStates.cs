using System.Collections.Frozen;

namespace Pipeline.Services.Gateway.Errors;

/// <summary>
/// Which MongoDB error code a SQLSTATE stands for.
/// </summary>
/// <remarks>
/// DocumentDB gives each of its errors an own state, "M" and an ordinal in base 36; the way back to MongoDB's code is in no
/// catalog of the server, so it has to stand here. The extension knows some 550 states; below are those that the commands of
/// <see cref="Commands.CommandTable"/> meet. Any other is answered as UnknownError with its state in the text, which is how a
/// missing line shows itself.
/// </remarks>
internal static class SqlStates
{
    private static readonly FrozenDictionary<int, int> Codes = new (string State, int Code)[]
    {
        // PostgreSQL's own.
        ("0A000", (int)ErrorCode.CommandNotSupported),
        ("22016", (int)ErrorCode.BadValue),
        ("22023", (int)ErrorCode.BadValue),
        ("22P02", (int)ErrorCode.FailedToParse),
        ("23505", (int)ErrorCode.DuplicateKey),
        ("23P01", (int)ErrorCode.DuplicateKey),
        ("25006", (int)ErrorCode.NotWritablePrimary),
        ("40001", (int)ErrorCode.WriteConflict),
        ("40P01", (int)ErrorCode.WriteConflict),
        ("42501", (int)ErrorCode.Unauthorized),
        ("42704", (int)ErrorCode.RoleNotFound),
        ("42P01", (int)ErrorCode.NamespaceNotFound),
        ("42P07", (int)ErrorCode.NamespaceExists),
        ("53100", (int)ErrorCode.OutOfDiskSpace),
        ("53200", (int)ErrorCode.ExceededMemoryLimit),
        ("53300", (int)ErrorCode.ExceededTimeLimit),
        ("54001", (int)ErrorCode.Overflow),
        ("55P03", (int)ErrorCode.LockTimeout),
        ("57014", (int)ErrorCode.Interrupted),
        ("57P01", (int)ErrorCode.ShutdownInProgress),
        ("57P02", (int)ErrorCode.ShutdownInProgress),
        ("57P03", (int)ErrorCode.ShutdownInProgress),

        // DocumentDB's: commands, names and documents.
        ("M0000", (int)ErrorCode.InternalError),
        ("M0001", (int)ErrorCode.BadValue),
        ("M0002", (int)ErrorCode.GraphContainsCycle),
        ("M0003", (int)ErrorCode.FailedToParse),
        ("M0004", (int)ErrorCode.TypeMismatch),
        ("M0005", (int)ErrorCode.Overflow),
        ("M0006", (int)ErrorCode.IllegalOperation),
        ("M0007", (int)ErrorCode.AlreadyInitialized),
        ("M0008", (int)ErrorCode.NamespaceNotFound),
        ("M0009", (int)ErrorCode.IndexNotFound),
        ("M000A", (int)ErrorCode.PathNotViable),
        ("M000B", (int)ErrorCode.RoleNotFound),
        ("M000C", (int)ErrorCode.CannotBackfillArray),
        ("M000D", (int)ErrorCode.ConflictingUpdateOperators),
        ("M000E", (int)ErrorCode.CursorNotFound),
        ("M000F", (int)ErrorCode.NamespaceExists),
        ("M000G", (int)ErrorCode.DollarPrefixedFieldName),
        ("M000H", (int)ErrorCode.InvalidIdField),
        ("M000I", (int)ErrorCode.NotSingleValueField),
        ("M000J", (int)ErrorCode.EmptyFieldName),
        ("M000K", (int)ErrorCode.DottedFieldName),
        ("M000L", (int)ErrorCode.ShardKeyNotFound),
        ("M000M", (int)ErrorCode.ImmutableField),
        ("M000N", (int)ErrorCode.CannotCreateIndex),
        ("M000O", (int)ErrorCode.IndexAlreadyExists),
        ("M000P", (int)ErrorCode.InvalidOptions),
        ("M000Q", (int)ErrorCode.InvalidNamespace),
        ("M000R", (int)ErrorCode.IndexOptionsConflict),
        ("M000S", (int)ErrorCode.IndexKeySpecsConflict),
        ("M000U", (int)ErrorCode.CommandNotSupported),
        ("M000V", (int)ErrorCode.NamespaceNotSharded),
        ("M000W", (int)ErrorCode.ExceededMemoryLimit),
        ("M000X", (int)ErrorCode.DurationOverflow),
        ("M000Y", (int)ErrorCode.ViewDepthLimitExceeded),
        ("M000Z", (int)ErrorCode.CommandNotSupportedOnView),
        ("M0010", (int)ErrorCode.OptionNotSupportedOnView),
        ("M0011", (int)ErrorCode.AmbiguousIndexKeyPattern),
        ("M0012", (int)ErrorCode.InvalidIndexSpecificationOption),
        ("M0016", (int)ErrorCode.OperationNotSupportedInTransaction),
        ("M0017", (int)ErrorCode.IndexBuildAborted),
        ("M0018", (int)ErrorCode.NoQueryExecutionPlans),
        ("M001B", (int)ErrorCode.BSONObjectTooLarge),
        ("M001C", (int)ErrorCode.DuplicateKey),
        ("M00CO", (int)ErrorCode.DocumentValidationFailure),
        ("M00DO", (int)ErrorCode.InvalidLength),
        ("M00DS", (int)ErrorCode.InvalidDBRef),
        ("M00E8", (int)ErrorCode.NotWritablePrimary),
        ("M00EL", (int)ErrorCode.CursorInUse),
        ("M00ER", (int)ErrorCode.Unauthorized),
        ("M00EU", (int)ErrorCode.HostUnreachable),
        ("M00EV", (int)ErrorCode.AuthenticationFailed),
        ("M00EW", (int)ErrorCode.LockTimeout),
        ("M00EX", (int)ErrorCode.MaxTimeMSExpired),
        ("M00EY", (int)ErrorCode.CommandNotFound),
        ("M00F0", (int)ErrorCode.ShutdownInProgress),
        ("M00F1", (int)ErrorCode.WriteConflict),
        ("M00F2", (int)ErrorCode.ConflictingOperationInProgress),
    }.ToFrozenDictionary(entry => Pack(entry.State), entry => entry.Code);

    /// <summary>States that say: the whole statement was rolled back because of others, and sending it again is safe.</summary>
    public static bool IsConflict(string state) => state is "40001" or "40P01" or "M00F1";

    public static bool TryGetCode(string state, out int code) => Codes.TryGetValue(Pack(state), out code);

    /// <param name="packed">A state as PostgreSQL packs it into a number, which is what DocumentDB writes as "code" into its documents.</param>
    public static bool TryGetCode(int packed, out int code) => Codes.TryGetValue(packed, out code);

    /// <summary>Six bits for each of five characters, counted from '0', the first in the lowest bits.</summary>
    public static int Pack(ReadOnlySpan<char> state)
    {
        var packed = 0;
        for (var i = 0; i < state.Length; i++)
            packed |= ((state[i] - '0') & 0x3F) << (6 * i);
        return packed;
    }

    public static string Unpack(int packed) => string.Create(5, packed, static (state, bits) =>
    {
        for (var i = 0; i < state.Length; i++, bits >>= 6)
            state[i] = (char)((bits & 0x3F) + '0');
    });
}
