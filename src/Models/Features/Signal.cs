namespace Pipeline.Models.Features;

/// <summary>What a member said about a title, by watching it or in so many words.</summary>
public enum SignalKind
{
    /// <summary>Some seconds of the title were watched, or it was started, paused, or stopped.</summary>
    Watch,

    /// <summary>The title was watched to its end.</summary>
    Complete,

    /// <summary>Stars in <see cref="Signal.Value"/>, 0.5 to 5.</summary>
    Rating,

    Like,
    Dislike,
    AddToList,
    RemoveFromList,

    /// <summary>The picture stood still: a stall, or an error.</summary>
    Trouble,

    /// <summary>The title was shown, at <see cref="Signal.Place"/>.</summary>
    Impression,

    Click,
}

/// <summary>One event as training reads it.</summary>
/// <param name="At">UTC.</param>
/// <param name="WatchedSeconds">Seconds watched since the session's previous event, net of stalls; any kind of signal may carry them.</param>
/// <param name="DurationSeconds">Runtime of the title; 0 where the event did not say.</param>
/// <param name="Value">Stars of a rating; not read for other kinds.</param>
/// <param name="Place">Where an impression stood, from 0; not read for other kinds.</param>
public readonly record struct Signal(
    long UserId,
    long ContentId,
    SignalKind Kind,
    DateTime At,
    double WatchedSeconds = 0,
    double DurationSeconds = 0,
    double Value = 0,
    int Place = 0);

/// <summary>Sums of one member's events with one title, where a store has aggregated them already.</summary>
/// <param name="WatchedSeconds">Net of stalls.</param>
/// <param name="DurationSeconds">The longest runtime that any of the events named; 0 where none did.</param>
/// <param name="Rating">The latest rating, or null.</param>
/// <param name="Liked">1 after a like, −1 after a dislike, whichever came last; 0 where there was neither.</param>
/// <param name="Listed">True where the title stands on the member's list.</param>
/// <param name="LastAt">UTC; of the last event that is no impression, where there is one.</param>
/// <param name="LastPlayedAt">Of the last event of playback; null where it was never played.</param>
/// <param name="LastTroubleAt">Of the last stall or error; null where there was none.</param>
/// <param name="Clicked">True where the title was chosen from a page.</param>
/// <param name="Exposure">How often the title was shown and looked at, by <see cref="SignalWeights.ExposureAt"/>.</param>
public readonly record struct SignalTotal(
    long UserId,
    long ContentId,
    double WatchedSeconds,
    double DurationSeconds,
    bool Completed,
    double? Rating,
    int Liked,
    bool Listed,
    DateTime LastAt,
    DateTime? LastPlayedAt = null,
    DateTime? LastTroubleAt = null,
    bool Clicked = false,
    double Exposure = 0);
