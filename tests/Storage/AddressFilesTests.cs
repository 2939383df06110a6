namespace Pipeline.Storage.Tests;

/// <summary>Addresses that stand in files, as container engines hand out secrets.</summary>
[Trait("speed", "fast")]
public sealed class AddressFilesTests : IDisposable
{
    private const string MySql = "Server=mysql;User ID=pipeline;Password=secret;Database=coupang_play";

    private readonly string _folder = Directory.CreateTempSubdirectory("addresses-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_value_may_stand_in_a_file()
    {
        var addresses = From(("PIPELINE_MYSQL_FILE", Write(MySql + "\n")), ("PIPELINE_KAFKA", "kafka:29092"));

        Assert.Equal(MySql, addresses.MySql);
        Assert.Equal("kafka:29092", addresses.Kafka);
    }

    [Fact]
    public void A_value_and_a_file_for_it_contradict_each_other()
    {
        var error = Assert.Throws<AddressException>(() => From(("PIPELINE_MYSQL_FILE", Write(MySql)), ("PIPELINE_MYSQL", MySql)));

        Assert.Contains("PIPELINE_MYSQL and PIPELINE_MYSQL_FILE", error.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        string missing = Path.Combine(_folder, "missing");

        var error = Assert.Throws<AddressException>(() => From(("PIPELINE_REDIS_FILE", missing)));

        Assert.Contains("PIPELINE_REDIS_FILE", error.Message);
        Assert.Contains(missing, error.Message);
    }

    [Fact]
    public void An_empty_file_gives_no_address()
    {
        var addresses = From(("PIPELINE_MYSQL_FILE", Write("\n")));

        Assert.Throws<AddressException>(() => addresses.MySql);
    }

    [Fact]
    public void What_a_file_holds_is_never_repeated()
    {
        var error = Assert.Throws<AddressException>(() => From(("PIPELINE_MYSQL_FILE", Write("Server=mysql;Password=secret"))));

        Assert.Contains("PIPELINE_MYSQL is malformed", error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }

    private string Write(string text)
    {
        string path = Path.Combine(_folder, "value");
        File.WriteAllText(path, text);
        return path;
    }

    private static Addresses From(params (string Name, string Value)[] variables) =>
        Addresses.From(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
