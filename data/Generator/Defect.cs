namespace Pipeline.Generator;

/// <summary>Ways in which a line is broken.</summary>
public enum Defect
{
    None, NotJson, TooLarge, MissingEventId, MissingType, MissingOccurredAt, MissingUserId, MissingContentId,
    BadEventId, BadOccurredAt, BadUserId, BadContentId, BadWatchedSeconds, BadValue, UnknownType, TooOld, InFuture,
}

public static class Defects
{
    /// <summary>The contract's code with which each must be refused.</summary>
    private static readonly string[] Codes =
    [
        "", "not_json", "too_large", "missing_eventId", "missing_type", "missing_occurredAt", "missing_userId", "missing_contentId",
        "bad_eventId", "bad_occurredAt", "bad_userId", "bad_contentId", "bad_watchedSeconds", "bad_value", "unknown_type", "too_old", "in_future",
    ];

    public static string Code(this Defect defect) => Codes[(int)defect];

    /// <summary>Every one with the same chance, but the large lines: a hundred would outweigh all the others together.</summary>
    internal static Defect Draw(ref Random64 random)
    {
        var defect = (Defect)(1 + random.Below(Codes.Length - 1));
        return defect == Defect.TooLarge && !random.Chance(0.1) ? Defect.NotJson : defect;
    }
}
