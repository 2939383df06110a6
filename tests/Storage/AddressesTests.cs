namespace Pipeline.Storage.Tests;

[Trait("speed", "fast")]
public sealed class AddressesTests
{
    [Theory]
    [InlineData("PIPELINE_KAFKA", "host:port")]
    [InlineData("PIPELINE_MONGO", "mongodb://")]
    [InlineData("PIPELINE_MYSQL", "Server=")]
    [InlineData("PIPELINE_REDIS", "host:port")]
    public void A_missing_address_is_named_with_its_form_when_it_is_asked_for(string variable, string form)
    {
        var addresses = Addresses.From(_ => " ");
        var error = Assert.Throws<AddressException>(() => variable switch
        {
            "PIPELINE_KAFKA" => addresses.Kafka,
            "PIPELINE_MONGO" => addresses.Mongo,
            "PIPELINE_MYSQL" => addresses.MySql,
            _ => addresses.Redis,
        });
        Assert.StartsWith($"{variable} is not set: expected {form}", error.Message);
    }

    [Theory]
    [InlineData("PIPELINE_KAFKA", "localhost")]
    [InlineData("PIPELINE_KAFKA", "localhost:9092,")]
    [InlineData("PIPELINE_KAFKA", "localhost:port")]
    [InlineData("PIPELINE_MONGO", "localhost:27017")]
    [InlineData("PIPELINE_MONGO", "mongodb://u:hunter2@")]
    [InlineData("PIPELINE_MYSQL", "localhost;hunter2")]
    [InlineData("PIPELINE_MYSQL", "Server=localhost;Password=hunter2")]
    [InlineData("PIPELINE_REDIS", "password=hunter2")]
    [InlineData("PIPELINE_REDIS", "localhost:6379,unknownOption=hunter2")]
    public void A_malformed_address_is_named_at_once_and_nothing_of_it_is_repeated(string variable, string value)
    {
        var error = Assert.Throws<AddressException>(() => Addresses.From(name => name == variable ? value : null));
        Assert.StartsWith($"{variable} is malformed: expected ", error.Message);
        Assert.DoesNotContain("hunter2", error.ToString());
    }

    [Fact]
    public void Its_text_says_where_the_servers_are_and_no_password()
    {
        var addresses = new Addresses(
            "127.0.0.1:1,127.0.0.1:2", "mongodb://me:hunter2@127.0.0.1:3/db?authSource=admin",
            "Server=127.0.0.1;Port=4;User ID=me;Password=hunter2;Database=db", "127.0.0.1:5,password=hunter2");
        Assert.Equal("kafka 127.0.0.1:1,127.0.0.1:2; mongo 127.0.0.1:3/db; mysql 127.0.0.1:4/db; redis 127.0.0.1:5", addresses.ToString());
        Assert.Equal("", new Addresses().ToString());
    }
}
