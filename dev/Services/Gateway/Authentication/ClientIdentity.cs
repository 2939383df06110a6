namespace Pipeline.Services.Gateway.Authentication;

/// <summary>Who a connection is, and how far it has come in proving it.</summary>
internal sealed class ClientIdentity(long id, string remote)
{
    public long Id { get; } = id;

    public string Remote { get; } = remote;

    public bool IsAuthenticated { get; private set; }

    public ScramConversation? Conversation { get; private set; }

    public bool SkipsEmptyExchange { get; private set; }

    public void Converse(ScramConversation conversation, bool skipsEmptyExchange) =>
        (Conversation, SkipsEmptyExchange) = (conversation, skipsEmptyExchange);

    public void Authenticate() => (Conversation, IsAuthenticated) = (null, true);

    public void Logout() => (Conversation, IsAuthenticated) = (null, false);
}
