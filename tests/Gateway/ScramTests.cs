using System.Text;
using Pipeline.Services.Gateway.Authentication;

namespace Pipeline.Gateway.Tests;

[Trait("speed", "fast")]
public sealed class ScramTests
{
    /// <summary>The exchange of RFC 7677, section 3.</summary>
    [Fact]
    public void The_example_of_the_standard_is_accepted_and_signed()
    {
        var credential = new ScramCredential("user", "pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), iterations: 4096);
        const string nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        const string message = $"n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}";

        var proof = Convert.FromBase64String("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        Assert.True(credential.Verify(proof, message));
        Assert.Equal("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Convert.ToBase64String(credential.Sign(message)));

        proof[7] ^= 1;
        Assert.False(credential.Verify(proof, message));
        Assert.False(credential.Verify([], message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n,,")]
    [InlineData("n,,r=abc,n=user")]
    [InlineData("n,,n=user,r=")]
    [InlineData("p=tls-unique,,n=user,r=abc")]
    [InlineData("n,b=x,n=user,r=abc")]
    public void A_first_message_that_is_none_starts_nothing(string message) =>
        Assert.Null(ScramConversation.Start(new ScramCredential("user", "pencil"), message));

    [Theory]
    [InlineData("c=biws,r={0}")]
    [InlineData("c=biws,r={0},p=AAAA")]
    [InlineData("c=biws,r={0},p=not base64")]
    [InlineData("c=eSws,r={0},p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("c=biws,r=other,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("c=biws,r={0},p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("")]
    public void A_last_message_without_the_right_proof_is_refused(string form)
    {
        var conversation = ScramConversation.Start(new ScramCredential("user", "pencil"), "n,,n=user,r=abc")!;
        var nonce = conversation.ServerFirst.Split(',')[0]["r=".Length..];
        Assert.StartsWith("abc", nonce, StringComparison.Ordinal);
        Assert.Null(conversation.Finish(string.Format(System.Globalization.CultureInfo.InvariantCulture, CompositeFormat.Parse(form), nonce)));
        Assert.False(conversation.IsAuthenticated);
    }

    [Theory]
    [InlineData("", "secret")]
    [InlineData("user", "")]
    [InlineData("user", "geheim\u00e4")]
    public void A_credential_must_be_one_that_needs_no_preparation(string user, string password) =>
        Assert.Throws<ArgumentException>(() => new ScramCredential(user, password));
}
