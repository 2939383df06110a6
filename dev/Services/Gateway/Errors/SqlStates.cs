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

        // Stages and expressions of aggregations; these numbers have no names in MongoDB either.
        ("M0015", (int)ErrorCode.ConversionFailure),
        ("M001K", 15_947),
        ("M001L", 15_952),
        ("M001M", 15_955),
        ("M001O", 15_958),
        ("M001P", 15_959),
        ("M001R", 15_976),
        ("M001U", 16_006),
        ("M001W", 16_020),
        ("M0020", 16_410),
        ("M0024", 16_610),
        ("M0027", 16_702),
        ("M002J", 16_876),
        ("M002M", 16_880),
        ("M0034", 17_124),
        ("M0037", 17_276),
        ("M003M", 28_648),
        ("M003V", 28_667),
        ("M003X", 28_689),
        ("M0041", 28_724),
        ("M004B", 28_749),
        ("M004S", 28_812),
        ("M004T", 28_818),
        ("M004W", 31_002),
        ("M0059", 31_254),
        ("M005E", 31_325),
        ("M006D", 40_066),
        ("M006I", 40_077),
        ("M006M", 40_081),
        ("M006N", 40_085),
        ("M0072", 40_105),
        ("M0074", 40_156),
        ("M007H", 40_198),
        ("M007N", 40_228),
        ("M007O", 40_234),
        ("M007T", 40_323),
        ("M007U", 40_324),
        ("M0087", 40_414),
        ("M0088", 40_415),
        ("M008T", 40_600),
        ("M008U", 40_601),
        ("M008V", 40_602),
        ("M008W", 40_603),
        ("M009E", 51_081),
        ("M009H", 51_091),
        ("M009W", 51_183),
        ("M00AF", 1_257_300),
        ("M00BC", 5_107_200),
        ("M00BD", 5_107_201),
        ("M00BS", 5_439_009),
        ("M00CV", 5_787_906),
        ("M00DN", 15_983),
        ("M00DU", 17_053),
        ("M00FG", 15_975),
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
