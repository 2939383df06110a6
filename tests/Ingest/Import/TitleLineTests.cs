using System.Text;
using Pipeline.Ingest.Import;

namespace Pipeline.Ingest.Tests.Import;

[Trait("speed", "fast")]
public sealed class TitleLineTests
{
    [Fact]
    public void A_catalogue_line_is_a_title()
    {
        var (title, refusal) = Read("""{"contentId":1001,"nameKo":"달빛 로봇","nameEn":"The Moonlit Robot","genres":["sports","comedy"],"language":"ko","runtimeSeconds":5340,"releaseDate":"2017-09-06","extra":1,"cast":["송강호","Bong"],"tags":["robots"],"minAge":15}""");
        Assert.Null(refusal);
        Assert.Equal((1001L, "달빛 로봇", "The Moonlit Robot", "ko", 5340, new DateOnly(2017, 9, 6)),
            (title!.ContentId, title.NameKo, title.NameEn, title.Language, title.RuntimeSeconds, title.ReleaseDate));
        Assert.Equal(["sports", "comedy"], title.Genres);
        Assert.Equal(["송강호", "Bong"], title.Cast);
        Assert.Equal(["robots"], title.Tags);
        Assert.Equal(15, title.MinAge);
    }

    [Fact]
    public void Only_the_id_is_required()
    {
        var (title, _) = Read("""{"contentId":7,"nameKo":null}""");
        Assert.Equal((7L, null, null, null), (title!.ContentId, title.NameKo, title.RuntimeSeconds, title.ReleaseDate));
        Assert.Empty(title.Genres.Concat(title.Cast).Concat(title.Tags));
        Assert.Null(title.MinAge);
    }

    [Theory]
    [InlineData("""{"contentId":1""", "not_json")]
    [InlineData("[]", "not_json")]
    [InlineData("{}", "missing_contentId")]
    [InlineData("""{"contentId":0}""", "bad_contentId")]
    [InlineData("""{"contentId":"1"}""", "bad_contentId")]
    [InlineData("""{"contentId":1,"nameEn":5}""", "bad_nameEn")]
    [InlineData("""{"contentId":1,"genres":"drama"}""", "bad_genres")]
    [InlineData("""{"contentId":1,"genres":[1]}""", "bad_genres")]
    [InlineData("""{"contentId":1,"cast":"Bong"}""", "bad_cast")]
    [InlineData("""{"contentId":1,"tags":[true]}""", "bad_tags")]
    [InlineData("""{"contentId":1,"minAge":100}""", "bad_minAge")]
    [InlineData("""{"contentId":1,"language":"a language that is too long"}""", "bad_language")]
    [InlineData("""{"contentId":1,"runtimeSeconds":0}""", "bad_runtimeSeconds")]
    [InlineData("""{"contentId":1,"releaseDate":"06.09.2017"}""", "bad_releaseDate")]
    public void What_is_wrong_is_named(string line, string code)
    {
        var (title, refusal) = Read(line);
        Assert.Null(title);
        Assert.Equal(code, refusal!.Code);
    }

    private static (Storage.MySql.Titles.CatalogTitle? Title, Pipeline.Ingest.Events.Refusal? Refusal) Read(string line) =>
        TitleLine.Read(Encoding.UTF8.GetBytes(line));
}
