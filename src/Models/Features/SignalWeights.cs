namespace Pipeline.Models.Features;

/// <summary>
/// What each signal is worth. The confidence of an interaction is the sum of its signals' weights, decayed by age; 1 is a title
/// watched once from beginning to end.
/// </summary>
public sealed record SignalWeights
{
    public static SignalWeights Default { get; } = new();

    /// <summary>A title watched in full; a part counts in proportion.</summary>
    public double Watched { get; init; } = 1.0;

    /// <summary>Watching less than this fraction of the runtime, and nothing else, is no interaction: the member looked in and left.</summary>
    public double MinWatchedFraction { get; init; } = 0.05;

    /// <summary>Reaching the end, on top of <see cref="Watched"/>.</summary>
    public double Completed { get; init; } = 0.25;

    public double Liked { get; init; } = 1.0;

    public double Listed { get; init; } = 0.5;

    /// <summary>Five stars; fewer count in proportion to the stars above <see cref="DislikedStars"/>.</summary>
    public double Rated { get; init; } = 1.0;

    /// <summary>A rating of so many stars or fewer is a dislike.</summary>
    public double DislikedStars { get; init; } = 2.0;

    /// <summary>Confidence that a disliked title is not wanted: its preference is 0, whatever was watched of it.</summary>
    public double Disliked { get; init; } = 1.0;

    /// <summary>Days after which an interaction counts half; 0 turns the decay off.</summary>
    public double RecencyHalfLifeDays { get; init; }

    /// <summary>
    /// The signed confidence of one interaction: positive where the title was wanted (preference 1), negative where it was disliked
    /// (preference 0 with the absolute value as confidence), 0 where nothing can be said.
    /// </summary>
    /// <param name="watchedFraction">Watched time over runtime.</param>
    /// <param name="age">From the last signal to the instant that the features stand for; a negative age counts as none.</param>
    public double Confidence(double watchedFraction, bool completed, double? rating, int liked, bool listed, TimeSpan age)
    {
        var confidence = liked < 0 || (liked == 0 && rating <= DislikedStars)
            ? -Disliked
            : Preferred(watchedFraction, completed, rating, liked, listed);
        return RecencyHalfLifeDays > 0 && age > TimeSpan.Zero
            ? confidence * Math.Pow(2, -age.TotalDays / RecencyHalfLifeDays)
            : confidence;
    }

    private double Preferred(double watchedFraction, bool completed, double? rating, int liked, bool listed)
    {
        var confidence = watchedFraction >= MinWatchedFraction ? Watched * Math.Min(watchedFraction, 1) : 0;
        if (completed)
            confidence += Completed;
        if (liked > 0)
            confidence += Liked;
        if (listed)
            confidence += Listed;
        if (rating > DislikedStars)
            confidence += Rated * (rating.Value - DislikedStars) / (5 - DislikedStars);
        return confidence;
    }
}
