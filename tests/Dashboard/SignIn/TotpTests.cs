using System.Security.Cryptography;
using System.Text;
using Pipeline.Dashboard.SignIn;

namespace Pipeline.Dashboard.Tests.SignIn;

[Trait("speed", "fast")]
public sealed class TotpTests
{
    /// <summary>RFC 6238, appendix B: seconds since 1970, and the codes under SHA-1, SHA-256 and SHA-512.</summary>
    [Theory]
    [InlineData(59L, "94287082", "46119246", "90693936")]
    [InlineData(1111111109L, "07081804", "68084774", "25091201")]
    [InlineData(1111111111L, "14050471", "67062674", "99943326")]
    [InlineData(1234567890L, "89005924", "91819424", "93441116")]
    [InlineData(2000000000L, "69279037", "90698825", "38618901")]
    [InlineData(20000000000L, "65353130", "77737706", "47863826")]
    public void It_is_RFC_6238(long seconds, string sha1, string sha256, string sha512)
    {
        long step = Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds));

        Assert.Equal(sha1, Totp.Code(HMACSHA1.HashData, Seed(20), step, 8));
        Assert.Equal(sha256, Totp.Code(HMACSHA256.HashData, Seed(32), step, 8));
        Assert.Equal(sha512, Totp.Code(HMACSHA512.HashData, Seed(64), step, 8));
        Assert.Equal(sha1[2..], Totp.Code(Seed(20), step));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, true)]
    [InlineData(-2, false)]
    [InlineData(1, false)]
    public void The_present_step_and_the_one_before_are_accepted(int away, bool accepted)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        long step = Totp.StepAt(now) + away;

        Assert.Equal(accepted ? step : null, Totp.Match(Seed(20), Totp.Code(Seed(20), step), now));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Secrets_are_written_in_base32(string bytes, string expected) => Assert.Equal(expected, Base32.Write(Encoding.ASCII.GetBytes(bytes)));

    [Fact]
    public void An_authenticator_is_told_name_secret_and_issuer() =>
        Assert.Equal("otpauth://totp/Pipeline:ada.l?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Pipeline", Totp.Uri(Seed(20), "ada.l"));

    private static byte[] Seed(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)('0' + (i + 1) % 10))];
}
