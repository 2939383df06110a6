using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;

namespace Pipeline.Gateway.Tests;

/// <summary>The client's side of SCRAM-SHA-256, written from the RFC and without the gateway's code, with the empty last exchange.</summary>
internal static class ScramClient
{
    public static async Task AuthenticateAsync(WireClient client, string user, string password, CancellationToken cancellationToken)
    {
        const string nonce = "fyko+d2lbbFgONRv9qkxdawL";
        var bare = $"n={user},r={nonce}";
        var first = await client.RunAsync(
            new BsonDocument { { "saslStart", 1 }, { "mechanism", "SCRAM-SHA-256" }, { "payload", Bytes($"n,,{bare}") }, { "$db", "admin" } }, cancellationToken);
        var serverFirst = Text(first);
        var parts = serverFirst.Split(',').ToDictionary(part => part[0], part => part[2..]);

        var salted = Rfc2898DeriveBytes.Pbkdf2(
            password, Convert.FromBase64String(parts['s']), int.Parse(parts['i'], System.Globalization.CultureInfo.InvariantCulture), HashAlgorithmName.SHA256, 32);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var withoutProof = $"c=biws,r={parts['r']}";
        var signature = HMACSHA256.HashData(SHA256.HashData(clientKey), Encoding.UTF8.GetBytes($"{bare},{serverFirst},{withoutProof}"));
        var proof = clientKey.Zip(signature, (a, b) => (byte)(a ^ b)).ToArray();

        var final = await ContinueAsync(client, first, $"{withoutProof},p={Convert.ToBase64String(proof)}", cancellationToken);
        var expected = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), Encoding.UTF8.GetBytes($"{bare},{serverFirst},{withoutProof}"));
        Assert.Equal($"v={Convert.ToBase64String(expected)}", Text(final));
        Assert.False(final["done"].AsBoolean);
        Assert.True((await ContinueAsync(client, first, "", cancellationToken))["done"].AsBoolean);
    }

    private static Task<BsonDocument> ContinueAsync(WireClient client, BsonDocument start, string payload, CancellationToken cancellationToken) =>
        client.RunAsync(
            new BsonDocument { { "saslContinue", 1 }, { "conversationId", start["conversationId"] }, { "payload", Bytes(payload) }, { "$db", "admin" } }, cancellationToken);

    private static BsonBinaryData Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Text(BsonDocument reply) => Encoding.UTF8.GetString(reply["payload"].AsByteArray);
}
