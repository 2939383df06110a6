using System.Text;
using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Commands;
using Pipeline.Services.Gateway.Errors;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Authentication;

/// <summary>saslStart, saslContinue and logout. Every database serves as authSource: there is one user, and it is the gateway's.</summary>
internal static class SaslCommands
{
    public const string Mechanism = "SCRAM-SHA-256";

    /// <summary>One exchange at a time on a connection, so one number is enough.</summary>
    private const int ConversationId = 1;

    public static Task<Reply> StartAsync(CommandContext context)
    {
        var body = context.Request.Body.Span;
        if (BsonWalker.FindString(body, "mechanism"u8) != Mechanism)
            throw new CommandException(ErrorCode.MechanismUnavailable, $"{Mechanism} is the only mechanism here");
        var conversation = Start(context, body) ?? throw Failed(context);
        var writer = new BsonWriter();
        WriteServerFirst(writer, conversation);
        return Task.FromResult(writer.Ok());
    }

    /// <summary>The first step that a driver sends within its hello. A step that fails is left unanswered; the driver then starts anew.</summary>
    public static void WriteSpeculative(BsonWriter writer, CommandContext context)
    {
        if (!BsonWalker.TryFind(context.Request.Body.Span, "speculativeAuthenticate"u8, out var start) || !start.IsDocument
            || BsonWalker.FindString(start.Value, "mechanism"u8) != Mechanism
            || Start(context, start.Value) is not { } conversation)
            return;
        writer.Document("speculativeAuthenticate");
        WriteServerFirst(writer, conversation);
        writer.End();
    }

    public static Task<Reply> ContinueAsync(CommandContext context)
    {
        var client = context.Client;
        var body = context.Request.Body.Span;
        if (client.Conversation is not { } conversation
            || !BsonWalker.TryFind(body, "conversationId"u8, out var id) || id.Number is not ConversationId)
            throw new CommandException(ErrorCode.ProtocolError, "no SASL conversation is under way");

        if (conversation.IsAuthenticated)
        {
            // The empty exchange of clients that do not skip it.
            client.Authenticate();
            return Task.FromResult(new BsonWriter().Int32("conversationId", ConversationId).Boolean("done", true).Binary("payload", 0, []).Ok());
        }

        var final = conversation.Finish(Payload(body)) ?? throw Failed(context);
        if (client.SkipsEmptyExchange)
            client.Authenticate();
        return Task.FromResult(new BsonWriter()
            .Int32("conversationId", ConversationId).Boolean("done", client.SkipsEmptyExchange)
            .Binary("payload", 0, Encoding.UTF8.GetBytes(final)).Ok());
    }

    public static Task<Reply> LogoutAsync(CommandContext context)
    {
        context.Client.Logout();
        return Task.FromResult(new BsonWriter().Ok());
    }

    private static ScramConversation? Start(CommandContext context, ReadOnlySpan<byte> start)
    {
        var conversation = ScramConversation.Start(context.Services.Credential, Payload(start));
        var skipsEmptyExchange = BsonWalker.TryFind(start, "options"u8, out var options) && options.IsDocument
            && BsonWalker.IsTrue(options.Value, "skipEmptyExchange"u8);
        if (conversation is not null)
            context.Client.Converse(conversation, skipsEmptyExchange);
        return conversation;
    }

    private static void WriteServerFirst(BsonWriter writer, ScramConversation conversation) => writer
        .Int32("conversationId", ConversationId).Boolean("done", false).Binary("payload", 0, Encoding.UTF8.GetBytes(conversation.ServerFirst));

    private static string Payload(ReadOnlySpan<byte> body) => BsonWalker.TryFind(body, "payload"u8, out var payload)
        ? payload.Type switch
        {
            BsonType.Binary => Encoding.UTF8.GetString(payload.Binary),
            BsonType.String => payload.String,
            _ => "",
        }
        : "";

    private static CommandException Failed(CommandContext context)
    {
        context.Client.Logout();
        context.Services.Log.AuthenticationFailed(context.Client.Id, context.Client.Remote);
        return new CommandException(ErrorCode.AuthenticationFailed, "Authentication failed.");
    }
}
