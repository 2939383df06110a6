using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Services.Gateway.Authentication;

/// <summary>The server's side of one SCRAM-SHA-256 exchange; the letters are RFC 5802's attribute names.</summary>
internal sealed class ScramConversation
{
    private readonly ScramCredential _credential;
    private readonly bool _isKnownUser;
    private readonly string _channelBinding;
    private readonly string _clientFirstBare;
    private readonly string _nonce;

    private ScramConversation(ScramCredential credential, string gs2Header, string clientFirstBare, string user, string clientNonce)
    {
        _credential = credential;
        _clientFirstBare = clientFirstBare;
        _channelBinding = Convert.ToBase64String(Encoding.UTF8.GetBytes(gs2Header));
        _isKnownUser = user == credential.User;
        _nonce = clientNonce + Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));
        // A wrong name gets the same answer as the right one and fails with the proof, so that names cannot be probed.
        ServerFirst = $"r={_nonce},s={Convert.ToBase64String(credential.Salt)},i={credential.Iterations}";
    }

    public string ServerFirst { get; }

    /// <summary>Whether the proof was right.</summary>
    public bool IsAuthenticated { get; private set; }

    /// <param name="clientFirst">"n,,n=user,r=nonce".</param>
    /// <returns>Null where the message is not one of this mechanism, or asks for channel binding.</returns>
    public static ScramConversation? Start(ScramCredential credential, string clientFirst)
    {
        var parts = clientFirst.Split(',', 3);
        if (parts is not ["n" or "y", var identity, var bare] || (identity.Length > 0 && !identity.StartsWith("a=", StringComparison.Ordinal)))
            return null;
        return bare.Split(',') is [['n', '=', .. var user], ['r', '=', .. { Length: > 0 } clientNonce], ..]
            ? new ScramConversation(credential, $"{parts[0]},{identity},", bare, Unescape(user), clientNonce)
            : null;
    }

    /// <param name="clientFinal">"c=channel binding,r=nonce,p=proof".</param>
    /// <returns>The server's last message, which proves that it knows the password too; null where the client does not.</returns>
    public string? Finish(string clientFinal)
    {
        var proofAt = clientFinal.LastIndexOf(",p=", StringComparison.Ordinal);
        if (proofAt < 0)
            return null;
        var withoutProof = clientFinal[..proofAt];
        if (withoutProof.Split(',') is not [['c', '=', .. var binding], ['r', '=', .. var echoed], ..]
            || binding != _channelBinding || echoed != _nonce)
            return null;

        var proof = new byte[SHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(clientFinal[(proofAt + 3)..], proof, out var length))
            return null;
        var message = $"{_clientFirstBare},{ServerFirst},{withoutProof}";
        IsAuthenticated = _credential.Verify(proof.AsSpan(0, length), message) & _isKnownUser;
        return IsAuthenticated ? $"v={Convert.ToBase64String(_credential.Sign(message))}" : null;
    }

    private static string Unescape(string name) => name.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
}
