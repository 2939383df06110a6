using System.Text;
using MongoDB.Bson;
using Pipeline.Storage.Events;

namespace Pipeline.Storage.Tests.Events;

/// <summary>Whom refused bytes are of, so that nothing of an erased member stays in them.</summary>
public sealed class NamedMembersTests
{
    [Theory]
    [InlineData("""{"userId":42,"watchedSeconds":-1}""")]
    [InlineData("""{"userId":42.0}""")]
    [InlineData("""{"userId":4.2e1}""")]
    [InlineData("""{"userId":" 42 "}""")]
    [InlineData("""{"userId":"\u0034\u0032"}""")]
    [InlineData("""{"user\u0049d":42}""")]
    [InlineData("""{"userId":{"$numberLong":"42"}}""")]
    [InlineData("""{"userId":[7,42]}""")]
    [InlineData("""{"userId":"member-no 42"}""")]
    [InlineData("""{"user_id":42}""")]
    [InlineData("""{"memberId":42}""")]
    [InlineData("""{"event":{"user":{"id":42}}}""")]
    [InlineData("""{"userId":7,"userId":42}""")]
    [InlineData("""{"type":played,"userId":42}""")]
    [InlineData("""{"userId":42,"type":"pla""")]
    [InlineData("""{"userId":7} {"userId":42}""")]
    [InlineData("42,1001,5,1600000000")]
    [InlineData("userId=42&contentId=7")]
    [InlineData("42")]
    public void Bytes_name_a_member_however_they_are_written(string raw) => Assert.True(RefusedEvent.IsOf(Encoding.UTF8.GetBytes(raw), 42));

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("""{"userId":43,"contentId":42}""")]
    [InlineData("""{"userId":{"region":"KR"},"contentId":42}""")]
    [InlineData("""{"userId":421}""")]
    [InlineData("""{"userId":43,"contentId":42,"type":"pla""")]
    [InlineData("2026-11-22T09:42:42.42Z 00000042-0000-4000-8000-000000000042 a42 42a 0.42")]
    [InlineData("99999999999999999999999942")]
    public void Other_numbers_are_no_members(string raw) => Assert.False(RefusedEvent.IsOf(Encoding.UTF8.GetBytes(raw), 42));

    [Fact]
    public void A_document_of_the_store_names_its_member()
    {
        byte[] document = new BsonDocument { { "type", "progress" }, { "userId", 42L }, { "contentId", 7L } }.ToBson();

        Assert.True(RefusedEvent.IsOf(document, 42));
        Assert.False(RefusedEvent.IsOf(document, 7));
    }
}
