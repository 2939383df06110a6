using System.Buffers.Binary;
using System.Net.Sockets;
using Npgsql;
using Pipeline.Services.Gateway.Authentication;
using Pipeline.Services.Gateway.Commands;
using Pipeline.Services.Gateway.Errors;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway;

/// <summary>One client: reads a message, runs its command, answers, and so on, one at a time and in order.</summary>
internal sealed class ClientConnection : IDisposable
{
    private readonly Socket socket;
    private readonly MessageReader reader;
    private readonly ClientIdentity identity;
    private readonly GatewayServices services;
    private readonly CancellationTokenSource abort;
    private int replies;

    /// <param name="aborting">Cancels the command that runs; the host's last resort when it stops.</param>
    public ClientConnection(Socket socket, long id, GatewayServices services, CancellationToken aborting)
    {
        this.socket = socket;
        this.services = services;
        reader = new MessageReader(socket);
        identity = new ClientIdentity(id, $"{socket.RemoteEndPoint}");
        abort = CancellationTokenSource.CreateLinkedTokenSource(aborting);
    }

    /// <param name="stopping">Ends the connection between two commands.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await reader.ReadAsync(MaxMessageSize, stopping) is { } message)
                if (!await ServeAsync(message))
                    break;
        }
        catch (WireException malformed)
        {
            services.Log.ConnectionBroken(identity.Id, malformed.Message);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException)
        {
            // The client reset the connection, or the gateway stops: neither is worth a line.
        }
        catch (Exception defect)
        {
            // One client's message must not take the gateway down, whatever it found.
            services.Log.Defect(identity.Id, defect);
        }
        finally
        {
            await CloseCursorsAsync();
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        reader.Dispose();
        abort.Dispose();
    }

    private int MaxMessageSize =>
        identity.IsAuthenticated ? WireProtocol.MaxMessageSize : WireProtocol.MaxUnauthenticatedMessageSize;

    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> ServeAsync(ReadOnlyMemory<byte> message)
    {
        var requestId = BinaryPrimitives.ReadInt32LittleEndian(message.Span[4..]);
        var opcode = BinaryPrimitives.ReadInt32LittleEndian(message.Span[12..]);
        if (opcode is not (WireProtocol.OpMsg or WireProtocol.OpQuery))
            throw new WireException($"opcode {opcode} is not spoken here");

        var isLegacy = opcode == WireProtocol.OpQuery;
        var payload = message[WireProtocol.HeaderSize..];
        var isSilent = !isLegacy && (BinaryPrimitives.ReadUInt32LittleEndian(payload.Span) & WireProtocol.MoreToCome) != 0;
        var answer = AnswerAsync(payload, isLegacy);
        if (!answer.IsCompleted)
            await WatchAsync(answer);
        using var reply = await answer;
        if (abort.IsCancellationRequested)
            return false;
        if (!isSilent)
            await SendAsync(isLegacy ? reply.ToLegacyReply(++replies, requestId) : reply.ToMessage(++replies, requestId));
        return true;
    }

    /// <summary>Cancels the command when its client goes away: PostgreSQL would otherwise work on for nobody, and hold its locks.</summary>
    private async Task WatchAsync(Task answer)
    {
        await Task.WhenAny(answer, reader.ReadAheadAsync());
        if (!answer.IsCompleted && reader.IsClosedByClient)
            await abort.CancelAsync();
    }

    private async Task<Reply> AnswerAsync(ReadOnlyMemory<byte> payload, bool isLegacy)
    {
        Request? request = null;
        CancellationTokenSource? deadline = null;
        try
        {
            request = isLegacy ? RequestParser.ParseQuery(payload) : RequestParser.ParseMessage(payload);
            // Of a getMore it is how long to wait for documents, which is no error.
            if (request.MaxTime is var limit && limit > TimeSpan.Zero && request.Name != "getMore")
            {
                deadline = CancellationTokenSource.CreateLinkedTokenSource(abort.Token);
                deadline.CancelAfter(limit);
            }

            var context = new CommandContext(request, identity, services, deadline?.Token ?? abort.Token);
            return await CommandTable.RunAsync(context);
        }
        catch (Exception exception) when (exception is not WireException)
        {
            var timedOut = deadline is { IsCancellationRequested: true } && !abort.IsCancellationRequested;
            var error = ErrorReply.From(exception, timedOut);
            if (error.IsFault && !abort.IsCancellationRequested)
                services.Log.CommandFailed(
                    identity.Id, request?.Name ?? "", request?.Database ?? "", error.Code, (exception as PostgresException)?.SqlState, exception.GetType().Name);
            return error.ToReply();
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, abort.Token)..];
    }

    private async Task CloseCursorsAsync()
    {
        try
        {
            await services.Cursors.KillPinnedAsync(identity.Id, CancellationToken.None);
        }
        catch (Exception gone) when (gone is NpgsqlException or CommandException or ObjectDisposedException)
        {
            // Without PostgreSQL there is nothing left to close.
        }
    }
}
