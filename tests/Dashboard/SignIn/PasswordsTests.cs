using System.Buffers.Binary;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Pipeline.Dashboard.SignIn;

namespace Pipeline.Dashboard.Tests.SignIn;

[Trait("speed", "fast")]
public sealed class PasswordsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hash_carries_its_function_and_cost()
    {
        using var passwords = new Passwords();
        byte[] hash = Convert.FromBase64String(await passwords.HashAsync("correct horse battery", Cancelled));

        Assert.Equal(2, BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(1))); // HMAC-SHA-512
        Assert.Equal(220_000, BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5)));
        Assert.Equal(16, BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(9))); // bytes of salt
    }

    [Fact]
    public async Task A_hash_of_another_cost_is_replaced()
    {
        using var passwords = new Passwords();
        string cheap = new PasswordHasher<string>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 })).HashPassword("", "correct horse battery");

        var (right, rehash) = await passwords.VerifyAsync(cheap, "correct horse battery", Cancelled);

        Assert.True(right);
        Assert.Equal((true, null), await passwords.VerifyAsync(rehash, "correct horse battery", Cancelled));
        Assert.Equal((false, null), await passwords.VerifyAsync(cheap, "correct horse batterz", Cancelled));
    }

    [Fact]
    public async Task An_account_that_does_not_exist_has_no_password()
    {
        using var passwords = new Passwords();
        Assert.Equal((false, null), await passwords.VerifyAsync(null, "nobody's", Cancelled));
    }

    [Theory]
    [InlineData("eleven chrs", false)]
    [InlineData("twelve chars", true)]
    [InlineData("aaaaaaaaaaaaaaaa", false)]
    [InlineData("I am Ada.L and this is mine", false)]
    public void Weak_passwords_are_refused(string password, bool taken) => Assert.Equal(taken, Passwords.Complaint(password, "ada.l") is null);
}
