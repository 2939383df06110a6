using Pipeline.Storage.MySql.Rights;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Storage.Tests.MySql;

[Trait("speed", "server")]
public sealed class RightsStoreTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rights_are_read_as_they_were_written_last()
    {
        await using var stores = await Stores.CreateAsync();
        var (rights, from) = (new RightsStore(stores.Database), new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc));
        var none = await rights.ReadAsync(Cancelled);
        Assert.Equal((0, 0, 0), (none.Licences.Count, none.MinAges.Count, none.AgeLimits.Count));

        TitleLicence[] licences = [new(7, "ALL", from, null), new(7, "KR", from, from.AddDays(3)), new(7, "KR", from.AddDays(9), null)];
        await rights.WriteAsync([licences[0] with { AvailableUntil = from.AddDays(1) }, licences[1]], Cancelled);
        await rights.WriteAsync(licences, Cancelled);
        await rights.WriteAsync([new AgeLimit(1, 7), new AgeLimit(2, 12), new AgeLimit(1, 15), new AgeLimit(2, null)], Cancelled);
        await new TitleStore(stores.Database).WriteAsync(
            [new CatalogTitle(7, null, null, [], null, null, null) { MinAge = 19 }, new CatalogTitle(8, null, null, [], null, null, null) { MinAge = 0 }], Cancelled);

        var read = await rights.ReadAsync(Cancelled);
        Assert.Equal(licences, read.Licences);
        Assert.Equal([KeyValuePair.Create(7L, 19)], read.MinAges);
        Assert.Equal([KeyValuePair.Create(1L, 15)], read.AgeLimits);
    }
}
