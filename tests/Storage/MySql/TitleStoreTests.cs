using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Storage.Tests.MySql;

[Trait("speed", "server")]
public sealed class TitleStoreTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Titles_are_read_as_they_were_written_last_by_ascending_id()
    {
        await using var stores = await Stores.CreateAsync();
        var titles = new TitleStore(stores.Database);
        Assert.Empty(await titles.ReadAsync(Cancelled));

        CatalogTitle[] written =
        [
            new(7, "기생충", "Parasite", ["Thriller", "블랙코미디"], "ko", 7_920, new DateOnly(2019, 5, 30)) { Cast = ["송강호"], Tags = ["class"], MinAge = 15 },
            new(long.MaxValue, null, null, [], null, null, null),
        ];
        await titles.WriteAsync([written[1], written[0] with { NameEn = "Gisaengchung", ReleaseDate = null }], Cancelled);
        await titles.WriteAsync([written[0]], Cancelled);

        Assert.Equivalent(written, await titles.ReadAsync(Cancelled), strict: true);
        Assert.Equal([7, long.MaxValue], (await titles.ReadAsync(Cancelled)).Select(title => title.ContentId));
    }
}
