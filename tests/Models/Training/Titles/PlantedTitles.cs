using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Tests.Training.Titles;

/// <summary>What is known of the titles of <see cref="Generated"/>: the colour of a square, and the taste of a planted title, each under several kinds.</summary>
internal sealed class PlantedTitles : ITitleCatalogue
{
    private static readonly string[] Names = ["바다의 왕", "Night Train", "夜の電車", "The Sea King", "서울의 봄"];

    public TitleMetadata? Find(long contentId)
    {
        var taste = contentId < 50_000 ? contentId % 2 : 10 + (contentId - 50_000) % 5;
        return new TitleMetadata
        {
            Genres = [$"genre {taste}"],
            Cast = [$"actor {taste}-{contentId % 3}"],
            Texts = [new TitleText("en", $"{Names[taste % 5]} {contentId}")],
        };
    }
}
