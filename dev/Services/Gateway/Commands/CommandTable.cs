using System.Collections.Frozen;
using Pipeline.Services.Gateway.Authentication;
using Pipeline.Services.Gateway.Errors;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Commands;

/// <summary>Every command the gateway knows. Whatever is not here is answered with CommandNotFound, as MongoDB does.</summary>
internal static class CommandTable
{
    private static readonly FrozenDictionary<string, Command> Commands = new Command[]
    {
        // Before and around authentication.
        new(["hello"], HandshakeCommands.HelloAsync, Open: true),
        new(["isMaster", "ismaster"], HandshakeCommands.IsMasterAsync, Open: true),
        new(["ping"], HandshakeCommands.PingAsync, Open: true),
        new(["buildInfo", "buildinfo"], HandshakeCommands.BuildInfoAsync, Open: true),
        new(["connectionStatus"], HandshakeCommands.ConnectionStatusAsync, Open: true),
        new(["whatsmyuri"], HandshakeCommands.WhatsMyUriAsync, Open: true),
        new(["saslStart"], SaslCommands.StartAsync, Open: true),
        new(["saslContinue"], SaslCommands.ContinueAsync, Open: true),
        new(["logout"], SaslCommands.LogoutAsync, Open: true),

        // Logical sessions carry nothing here: no transactions, and cursors end on their own.
        new(["startSession"], HandshakeCommands.StartSessionAsync),
        new(["endSessions", "refreshSessions", "killSessions"], HandshakeCommands.NothingAsync),

        // What shells and tools ask when they connect.
        new(["getLog"], DiagnosticCommands.GetLogAsync),
        new(["getParameter"], DiagnosticCommands.GetParameterAsync),
        new(["getCmdLineOpts"], DiagnosticCommands.GetCommandLineAsync),
        new(["hostInfo"], DiagnosticCommands.HostInfoAsync),
        new(["serverStatus"], DiagnosticCommands.ServerStatusAsync),
        new(["listCommands"], ListCommandsAsync),
        new(["explain"], ExplainCommand.RunAsync),

        // Documents.
        new(["insert"], WriteCommands.InsertAsync),
        new(["update"], WriteCommands.UpdateAsync),
        new(["delete"], WriteCommands.DeleteAsync),
        new(["findAndModify", "findandmodify"], WriteCommands.FindAndModifyAsync),
        new(["find"], CursorCommands.FindAsync),
        new(["aggregate"], CursorCommands.AggregateAsync),
        new(["getMore"], CursorCommands.GetMoreAsync),
        new(["killCursors"], CursorCommands.KillCursorsAsync),
        new(["count"], CollectionCommands.CountAsync),
        new(["distinct"], CollectionCommands.DistinctAsync),

        // Definitions.
        new(["create"], CollectionCommands.CreateAsync),
        new(["drop"], CollectionCommands.DropAsync),
        new(["dropDatabase"], CollectionCommands.DropDatabaseAsync),
        new(["collMod"], CollectionCommands.ModifyAsync),
        new(["renameCollection"], CollectionCommands.RenameAsync),
        new(["validate"], CollectionCommands.ValidateAsync),
        new(["collStats", "collstats"], CollectionCommands.CollectionStatisticsAsync),
        new(["dbStats", "dbstats"], CollectionCommands.DatabaseStatisticsAsync),
        new(["listDatabases"], CollectionCommands.ListDatabasesAsync),
        new(["listCollections"], CursorCommands.ListCollectionsAsync),
        new(["listIndexes"], CursorCommands.ListIndexesAsync),
        new(["createIndexes"], IndexCommands.CreateAsync),
        new(["dropIndexes", "deleteIndexes"], IndexCommands.DropAsync),
    }.SelectMany(command => command.Names.Select(name => (name, command))).ToFrozenDictionary(entry => entry.name, entry => entry.command);

    public static Task<Reply> RunAsync(CommandContext context)
    {
        var request = context.Request;
        if (!Commands.TryGetValue(request.Name, out var command))
            throw new CommandException(ErrorCode.CommandNotFound, $"no such command: '{request.Name}'");
        if (!command.Open && !context.Client.IsAuthenticated)
            throw new CommandException(ErrorCode.Unauthorized, $"command {request.Name} requires authentication");
        // Drivers send it for retryable writes and transactions alike. A server on its own refuses both; without the refusal a
        // transaction's writes would be committed one by one.
        if (request.Has("txnNumber"u8))
            throw new CommandException(ErrorCode.IllegalOperation, "Transaction numbers are only allowed on a replica set member or mongos");
        return command.RunAsync(context);
    }

    private static Task<Reply> ListCommandsAsync(CommandContext context)
    {
        var writer = new Bson.BsonWriter().Document("commands");
        foreach (var (name, command) in Commands.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            if (name == command.Names[0])
                writer.Document(name).Boolean("requiresAuth", !command.Open).End();
        return Task.FromResult(writer.End().Ok());
    }

    /// <param name="Open">Whether it may be asked before authentication.</param>
    private sealed record Command(string[] Names, Func<CommandContext, Task<Reply>> RunAsync, bool Open = false);
}
