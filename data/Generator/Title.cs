namespace Pipeline.Generator;

/// <param name="Genres">One or two of <see cref="Genre.Names"/>.</param>
/// <param name="Language">Original language, ISO 639-1.</param>
/// <param name="Popularity">Relative weight with which the title is put before members; a power law over the catalogue.</param>
public sealed record Title(
    int ContentId, string NameKo, string NameEn, string[] Genres, string Language, int RuntimeSeconds, DateOnly ReleaseDate, double Popularity);

/// <summary>The genres, and how long a title of each may run.</summary>
public static class Genre
{
    private static readonly (string Name, int FromMinutes, int ToMinutes)[] All =
    [
        ("drama", 45, 130), ("romance", 50, 125), ("comedy", 25, 115), ("thriller", 50, 135), ("crime", 45, 130), ("action", 85, 150),
        ("science_fiction", 50, 155), ("fantasy", 45, 150), ("horror", 80, 120), ("documentary", 40, 100), ("animation", 22, 110),
        ("kids", 12, 80), ("sports", 60, 130), ("variety", 50, 90), ("historical", 60, 150), ("music", 40, 120),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(genre => genre.Name)];

    public static (int From, int To) RuntimeMinutes(int genre) => (All[genre].FromMinutes, All[genre].ToMinutes);
}
