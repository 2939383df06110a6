namespace Pipeline.Storage.Events;

/// <summary>What happened, in the contract's words.</summary>
public enum EventType
{
    Impression, Click, Search, PlayStart, Progress, Pause, Resume, Seek, Stall, BitrateChange, Error, Stop, Complete,
    Rating, Like, Dislike, AddToList, RemoveFromList,
}

/// <summary>An event as the jobs read it: the contract's fields that statistics and training use.</summary>
/// <param name="OccurredAt">UTC, to the millisecond.</param>
/// <param name="ContentId">Null for a search.</param>
/// <param name="WatchedSeconds">Seconds watched since the session's previous event; 0 where the event had none.</param>
/// <param name="DurationSeconds">Runtime of the title; 0 where the event had none.</param>
/// <param name="Region">ISO 3166 alpha-2, or null.</param>
/// <param name="Value">Stars of a rating, or null.</param>
/// <param name="Position">Where an impression or a click stood in its row, from 0, or null.</param>
public readonly record struct StoredEvent(
    Guid EventId,
    EventType Type,
    DateTime OccurredAt,
    long UserId,
    int ProfileId,
    string? SessionId,
    long? ContentId,
    double PositionSeconds,
    double WatchedSeconds,
    double DurationSeconds,
    string? Region,
    string? Language,
    string? Device,
    long StartupMs,
    long StallMs,
    int StallCount,
    string? ErrorCode,
    double? Value,
    int? Position = null);

/// <summary>Sums of one user's events with one title.</summary>
/// <param name="PlayedSeconds">Watched seconds less what of each event's the picture stood still.</param>
/// <param name="DurationSeconds">The longest runtime that any of the events named.</param>
/// <param name="Rating">The latest rating, or null.</param>
/// <param name="Liked">1 after a like, −1 after a dislike, whichever came last; 0 where there was neither.</param>
/// <param name="Listed">True where the last of add_to_list and remove_from_list was the first.</param>
/// <param name="LastAt">Of the last event that is no impression, where there is one.</param>
/// <param name="LastPlayedAt">Of the last event of playback; null where it was never played.</param>
/// <param name="LastTroubleAt">Of the last error, or the last stall that is noticed; null where there was none.</param>
/// <param name="Clicked">True where the title was chosen from a page.</param>
/// <param name="Exposure">Σ 1 / (1 + position) over its impressions: how often it was looked at, if each is as likely to be as its place is near.</param>
/// <param name="Region">Of the last event that named one, or null.</param>
/// <param name="Device">Of the last event that named one, or null.</param>
public readonly record struct UserContentTotal(
    long UserId,
    long ContentId,
    double WatchedSeconds,
    double PlayedSeconds,
    double DurationSeconds,
    bool Completed,
    double? Rating,
    int Liked,
    bool Listed,
    DateTime FirstAt,
    DateTime LastAt,
    DateTime? LastPlayedAt,
    DateTime? LastTroubleAt,
    bool Clicked,
    double Exposure,
    string? Region,
    string? Device);
