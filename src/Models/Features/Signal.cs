namespace Pipeline.Models.Features;

/// <summary>What a member said about a title, by watching it or in so many words.</summary>
public enum SignalKind
{
    /// <summary>Some seconds of the title were watched.</summary>
    Watch,

    /// <summary>The title was watched to its end.</summary>
    Complete,

    /// <summary>Stars in <see cref="Signal.Value"/>, 0.5 to 5.</summary>
    Rating,

    Like,
    Dislike,
    AddToList,
    RemoveFromList,
}

/// <summary>One event as training reads it.</summary>
/// <param name="At">UTC.</param>
/// <param name="WatchedSeconds">Seconds watched since the session's previous event; any kind of signal may carry them.</param>
/// <param name="DurationSeconds">Runtime of the title; 0 where the event did not say.</param>
/// <param name="Value">Stars of a rating; not read for other kinds.</param>
public readonly record struct Signal(
    long UserId,
    long ContentId,
    SignalKind Kind,
    DateTime At,
    double WatchedSeconds = 0,
    double DurationSeconds = 0,
    double Value = 0);

/// <summary>Sums of one member's events with one title, where a store has aggregated them already.</summary>
/// <param name="DurationSeconds">The longest runtime that any of the events named; 0 where none did.</param>
/// <param name="Rating">The latest rating, or null.</param>
/// <param name="Liked">1 after a like, −1 after a dislike, whichever came last; 0 where there was neither.</param>
/// <param name="Listed">True where the title stands on the member's list.</param>
/// <param name="LastAt">UTC.</param>
public readonly record struct SignalTotal(
    long UserId,
    long ContentId,
    double WatchedSeconds,
    double DurationSeconds,
    bool Completed,
    double? Rating,
    int Liked,
    bool Listed,
    DateTime LastAt);
