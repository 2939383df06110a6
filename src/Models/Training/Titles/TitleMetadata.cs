namespace Pipeline.Models.Training.Titles;

/// <param name="Language">ISO 639, such as <c>ko</c>; words are told apart by script, so it may be empty.</param>
public readonly record struct TitleText(string Language, string Text);

/// <summary>What is known of a title besides who watched it. Whatever is not known stays empty.</summary>
public sealed record TitleMetadata
{
    public IReadOnlyList<string> Genres { get; init; } = [];

    /// <summary>Actors, directors, writers: whoever people choose a title for.</summary>
    public IReadOnlyList<string> Cast { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Names and descriptions, in any languages.</summary>
    public IReadOnlyList<TitleText> Texts { get; init; } = [];
}

/// <summary>Where trainers ask about titles; callers give it.</summary>
public interface ITitleCatalogue
{
    /// <returns>Null where nothing is known.</returns>
    TitleMetadata? Find(long contentId);
}

/// <summary>A trainer that learns from what titles are, too.</summary>
public interface ITitleTrainer : ITrainer
{
    /// <summary>The same trainer with a catalogue to ask.</summary>
    ITrainer With(ITitleCatalogue titles);
}
