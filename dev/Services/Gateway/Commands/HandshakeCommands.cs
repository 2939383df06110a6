using System.Security.Cryptography;
using Pipeline.Services.Gateway.Authentication;
using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Commands;

/// <summary>What a driver asks before and between its real commands. Answered here, but for ping.</summary>
internal static class HandshakeCommands
{
    public static Task<Reply> HelloAsync(CommandContext context) => HelloAsync(context, "isWritablePrimary");

    public static Task<Reply> IsMasterAsync(CommandContext context) => HelloAsync(context, "ismaster");

    /// <summary>Goes through to PostgreSQL, so that an answer means more than a gateway that is up; before authentication it does not.</summary>
    public static async Task<Reply> PingAsync(CommandContext context)
    {
        if (context.Client.IsAuthenticated)
            await context.ExecuteAsync("SELECT 1");
        return new BsonWriter().Ok();
    }

    public static Task<Reply> BuildInfoAsync(CommandContext context) => Task.FromResult(new BsonWriter()
        .String("version", "7.0.0").String("gitVersion", "documentdb").Array("modules").End()
        .Array("versionArray").Int32("0", 7).Int32("1", 0).Int32("2", 0).Int32("3", 0).End()
        .Int32("bits", 64).Boolean("debug", false).Int32("maxBsonObjectSize", WireProtocol.MaxDocumentSize).Ok());

    public static Task<Reply> ConnectionStatusAsync(CommandContext context)
    {
        var writer = new BsonWriter().Document("authInfo").Array("authenticatedUsers");
        if (context.Client.IsAuthenticated)
            writer.Document("0").String("user", context.Services.Credential.User).String("db", "admin").End();
        return Task.FromResult(writer.End().Array("authenticatedUserRoles").End().End().Ok());
    }

    public static Task<Reply> WhatsMyUriAsync(CommandContext context) =>
        Task.FromResult(new BsonWriter().String("you", context.Client.Remote).Ok());

    public static Task<Reply> StartSessionAsync(CommandContext context)
    {
        const byte uuid = 4;
        return Task.FromResult(new BsonWriter()
            .Document("id").Binary("id", uuid, RandomNumberGenerator.GetBytes(16)).End().Int32("timeoutMinutes", 30).Ok());
    }

    public static Task<Reply> NothingAsync(CommandContext context) => Task.FromResult(new BsonWriter().Ok());

    /// <summary>Announces a server on its own, no replica set: drivers then send neither retryable writes nor transactions unasked.</summary>
    private static Task<Reply> HelloAsync(CommandContext context, string primary)
    {
        var writer = new BsonWriter()
            .Boolean("helloOk", true).Boolean(primary, true)
            .Int32("maxBsonObjectSize", WireProtocol.MaxDocumentSize)
            .Int32("maxMessageSizeBytes", WireProtocol.MaxMessageSize)
            .Int32("maxWriteBatchSize", WireProtocol.MaxWriteBatchSize)
            .Date("localTime", context.Services.Options.Time.GetUtcNow())
            .Int32("logicalSessionTimeoutMinutes", 30)
            .Int32("connectionId", (int)context.Client.Id)
            .Int32("minWireVersion", 0).Int32("maxWireVersion", WireProtocol.MaxWireVersion)
            .Boolean("readOnly", false);
        var body = context.Request.Body.Span;
        if (BsonWalker.FindString(body, "saslSupportedMechs"u8) is { } asked)
        {
            writer.Array("saslSupportedMechs");
            if (asked[(asked.IndexOf('.', StringComparison.Ordinal) + 1)..] == context.Services.Credential.User)
                writer.String("0", SaslCommands.Mechanism);
            writer.End();
        }

        SaslCommands.WriteSpeculative(writer, context);
        return Task.FromResult(writer.Ok());
    }
}
