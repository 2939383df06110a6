using System.Security.Cryptography;

namespace Pipeline.Dashboard.Tests;

[Trait("speed", "fast")]
public sealed class DashboardKeyTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void What_is_sealed_opens_under_the_same_key_and_use_only()
    {
        var key = Read("0123456789abcdef0123456789abcdef");
        byte[] box = key.Seal("one", [1, 2, 3]);

        Assert.Equal([1, 2, 3], key.Open("one", box));
        Assert.ThrowsAny<CryptographicException>(() => key.Open("another", box));
        Assert.ThrowsAny<CryptographicException>(() => Read("0123456789abcdef0123456789abcdeg").Open("one", box));
        box[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => key.Open("one", box));
    }

    [Fact]
    public void A_short_key_is_refused_by_name() => Assert.Contains(_file, Assert.Throws<IOException>(() => Read("short")).Message);

    [Fact]
    public void Without_a_file_there_is_no_key()
    {
        Assert.Null(DashboardKey.Read(null));
        Assert.Null(DashboardKey.Read(_file + ".none"));
    }

    private DashboardKey Read(string text)
    {
        File.WriteAllText(_file, text);
        return DashboardKey.Read(_file)!;
    }
}
