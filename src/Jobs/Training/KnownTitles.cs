using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Training.Titles;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Training;

/// <summary>The catalogue as training asks about it: genres, cast, tags, and names in two languages.</summary>
internal sealed class KnownTitles(IReadOnlyList<CatalogTitle> catalogue) : ITitleCatalogue
{
    private readonly Dictionary<long, CatalogTitle> _titles = catalogue.ToDictionary(title => title.ContentId);

    public int Count => catalogue.Count;

    /// <summary>SHA-256 of all that is known; the same titles have the same digest.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(catalogue)));

    public TitleMetadata? Find(long contentId) => _titles.TryGetValue(contentId, out var title)
        ? new TitleMetadata { Genres = title.Genres, Cast = title.Cast, Tags = title.Tags, Texts = [.. Texts(title)] }
        : null;

    /// <summary>Genres as the groups of a catalogue; null where fewer than half of its titles have any.</summary>
    public ContentGroups? GenresOf(IdIndex contents)
    {
        int labelled = contents.Ids.ToArray().Count(id => Genres(id).Count > 0);
        return labelled > 0 && labelled * 2L >= contents.Count ? ContentGroups.ByLabels(contents, Genres) : null;
    }

    private IReadOnlyList<string> Genres(long contentId) => _titles.TryGetValue(contentId, out var title) ? title.Genres : [];

    /// <summary>Ids of the titles that came out within so many days before a moment.</summary>
    public IEnumerable<long> ReleasedWithin(int days, DateTime before)
    {
        var last = DateOnly.FromDateTime(before);
        return catalogue.Where(title => title.ReleaseDate <= last && title.ReleaseDate > last.AddDays(-days)).Select(title => title.ContentId);
    }

    private static IEnumerable<TitleText> Texts(CatalogTitle title)
    {
        if (title.NameKo is { } korean)
            yield return new TitleText("ko", korean);
        if (title.NameEn is { } english)
            yield return new TitleText("en", english);
    }
}
