using System.Globalization;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Features;

/// <summary>
/// What each signal is worth. The confidence of an interaction is the sum of its signals' weights, decayed by age; 1 is a title
/// watched once from beginning to end.
/// </summary>
public sealed record SignalWeights
{
    /// <summary>Every weight by the name that settings and registry write: the one table of what counts as liking a title.</summary>
    private static readonly SortedDictionary<string, (Func<SignalWeights, double> Get, Func<SignalWeights, double, SignalWeights> With)> Table =
        new(StringComparer.Ordinal)
        {
            ["watched"] = (weights => weights.Watched, (weights, value) => weights with { Watched = value }),
            ["min-watched-fraction"] = (weights => weights.MinWatchedFraction, (weights, value) => weights with { MinWatchedFraction = value }),
            ["completed"] = (weights => weights.Completed, (weights, value) => weights with { Completed = value }),
            ["liked"] = (weights => weights.Liked, (weights, value) => weights with { Liked = value }),
            ["listed"] = (weights => weights.Listed, (weights, value) => weights with { Listed = value }),
            ["rated"] = (weights => weights.Rated, (weights, value) => weights with { Rated = value }),
            ["disliked-stars"] = (weights => weights.DislikedStars, (weights, value) => weights with { DislikedStars = value }),
            ["disliked"] = (weights => weights.Disliked, (weights, value) => weights with { Disliked = value }),
            ["abandoned"] = (weights => weights.Abandoned, (weights, value) => weights with { Abandoned = value }),
            ["censored-within-seconds"] = (weights => weights.CensoredWithinSeconds, (weights, value) => weights with { CensoredWithinSeconds = value }),
            ["shown"] = (weights => weights.Shown, (weights, value) => weights with { Shown = value }),
            ["most-shown"] = (weights => weights.MostShown, (weights, value) => weights with { MostShown = value }),
            ["shown-per-wanted"] = (weights => weights.ShownPerWanted, (weights, value) => weights with { ShownPerWanted = value }),
            ["half-life-days"] = (weights => weights.RecencyHalfLifeDays, (weights, value) => weights with { RecencyHalfLifeDays = value }),
        };

    public static SignalWeights Default { get; } = new();

    /// <summary>A title watched in full; a part counts in proportion.</summary>
    public double Watched { get; init; } = 1.0;

    /// <summary>Watching less than this fraction of the runtime, and nothing else, is no liking: the member looked in and left.</summary>
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

    /// <summary>Confidence that a title is not wanted which the member left before <see cref="MinWatchedFraction"/>, of their own accord.</summary>
    public double Abandoned { get; init; } = 0.1;

    /// <summary>
    /// Who leaves within so many seconds after a stall or an error was driven out: how much they would have watched is not known
    /// (censored), only that it is no less than what they did. 0 takes every exit for a wish.
    /// </summary>
    public double CensoredWithinSeconds { get; init; } = 60;

    /// <summary>Confidence that a title is not wanted which was shown and looked at once, and not chosen; up to <see cref="MostShown"/>.</summary>
    public double Shown { get; init; } = 0.05;

    public double MostShown { get; init; } = 0.2;

    /// <summary>Most such titles of a member for each that they wanted, those shown most: pages would drown what was watched.</summary>
    public double ShownPerWanted { get; init; } = 3;

    /// <summary>Days after which an interaction counts half; 0 turns the decay off.</summary>
    public double RecencyHalfLifeDays { get; init; }

    /// <summary>Names and values, as the registry keeps them with a model.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        Table.ToDictionary(entry => entry.Key, entry => entry.Value.Get(this).ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// The chance that an impression is looked at, <c>1 / (1 + place)</c>, so that titles at the end of a row are not blamed for not being
    /// seen: the position bias of T. Joachims, A. Swaminathan, T. Schnabel, "Unbiased Learning-to-Rank with Biased Feedback", WSDM 2017, with η = 1.
    /// </summary>
    /// <param name="place">From 0.</param>
    public static double ExposureAt(int place) => 1.0 / (1 + Math.Max(0, place));

    /// <summary>These weights with one of them changed.</summary>
    /// <exception cref="FormatException">There is no such weight, or the value is not a number of 0 or more; the message says what there is.</exception>
    public SignalWeights With(string name, string value)
    {
        if (!Table.TryGetValue(name, out var entry))
            throw new FormatException($"'{name}' is no weight; there are {string.Join(", ", Table.Keys)}");
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && double.IsFinite(number)
            ? entry.With(this, number)
            : throw new FormatException($"{name}={value}: expected a number, 0 or more");
    }

    /// <summary>
    /// The signed confidence of one interaction: positive where the title was wanted (preference 1), negative where it was not
    /// (preference 0 with the absolute value as confidence), 0 where nothing can be said.
    /// </summary>
    public double Confidence(in Evidence evidence)
    {
        var confidence = evidence.Liked < 0 || (evidence.Liked == 0 && evidence.Rating <= DislikedStars)
            ? -Disliked
            : Preferred(evidence);
        if (confidence == 0 && evidence is { Played: true, Censored: false })
            confidence = -Abandoned;
        return confidence * Decay(evidence.Age);
    }

    /// <summary>Negative confidence of a title that was shown, and nothing came of it.</summary>
    /// <param name="exposure">As <see cref="SignalTotal.Exposure"/>.</param>
    public double Unwanted(double exposure, TimeSpan age) => -Math.Min(MostShown, Shown * exposure) * Decay(age);

    private double Decay(TimeSpan age) =>
        RecencyHalfLifeDays > 0 && age > TimeSpan.Zero ? PortableMath.Exp2(-age.TotalDays / RecencyHalfLifeDays) : 1;

    private double Preferred(in Evidence evidence)
    {
        var confidence = evidence.WatchedFraction >= MinWatchedFraction ? Watched * Math.Min(evidence.WatchedFraction, 1) : 0;
        if (evidence.Completed)
            confidence += Completed;
        if (evidence.Liked > 0)
            confidence += Liked;
        if (evidence.Listed)
            confidence += Listed;
        if (evidence.Rating > DislikedStars)
            confidence += Rated * (evidence.Rating.Value - DislikedStars) / (5 - DislikedStars);
        return confidence;
    }
}

/// <summary>What is known of one member with one title.</summary>
/// <param name="WatchedFraction">Watched time over runtime; of a censored viewing, what may be expected of it.</param>
/// <param name="Played">True where some of a title of known runtime was played.</param>
/// <param name="Censored">True where the member was driven out by a stall or an error.</param>
/// <param name="Age">From the last signal to the instant that the features stand for; a negative age counts as none.</param>
public readonly record struct Evidence(
    double WatchedFraction, bool Played, bool Censored, bool Completed, double? Rating, int Liked, bool Listed, TimeSpan Age);
