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
    private readonly Socket _socket;
    private readonly MessageReader _reader;
    private readonly ClientIdentity _identity;
    private readonly GatewayServices _services;
    private readonly CancellationTokenSource _abort;
    private int _replies;

    /// <param name="aborting">Cancels the command that runs; the host's last resort when it stops.</param>
    public ClientConnection(Socket socket, long id, GatewayServices services, CancellationToken aborting)
    {
        _socket = socket;
        _services = services;
        _reader = new MessageReader(socket);
        _identity = new ClientIdentity(id, $"{socket.RemoteEndPoint}");
        _abort = CancellationTokenSource.CreateLinkedTokenSource(aborting);
    }

    /// <param name="stopping">Ends the connection between two commands.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await _reader.ReadAsync(MaxMessageSize, stopping) is { } message)
                if (!await ServeAsync(message))
                    break;
        }
        catch (WireException malformed)
        {
            _services.Log.ConnectionBroken(_identity.Id, malformed.Message);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException)
        {
            // The client reset the connection, or the gateway stops: neither is worth a line.
        }
        catch (Exception defect)
        {
            // One client's message must not take the gateway down, whatever it found.
            _services.Log.Defect(_identity.Id, defect);
        }
        finally
        {
            await CloseCursorsAsync();
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _reader.Dispose();
        _abort.Dispose();
    }

    private int MaxMessageSize =>
        _identity.IsAuthenticated ? WireProtocol.MaxMessageSize : WireProtocol.MaxUnauthenticatedMessageSize;

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
        // A write that wants no answer is carried out for a client that has left, too.
        if (!isSilent && !answer.IsCompleted)
            await WatchAsync(answer);
        using var reply = await answer;
        if (_abort.IsCancellationRequested)
            return false;
        if (!isSilent)
            await SendAsync(isLegacy ? reply.ToLegacyReply(++_replies, requestId) : reply.ToMessage(++_replies, requestId));
        return true;
    }

    /// <summary>Cancels the command when its client goes away: PostgreSQL would otherwise work on for nobody, and hold its locks.</summary>
    private async Task WatchAsync(Task answer)
    {
        await Task.WhenAny(answer, _reader.ReadAheadAsync());
        if (!answer.IsCompleted && _reader.IsClosedByClient)
            await _abort.CancelAsync();
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
                deadline = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
                deadline.CancelAfter(limit);
            }

            var context = new CommandContext(request, _identity, _services, deadline?.Token ?? _abort.Token);
            return await CommandTable.RunAsync(context);
        }
        catch (Exception exception) when (exception is not WireException)
        {
            // DocumentDB watches maxTimeMS as well, and may be the first to break the statement off.
            var timedOut = deadline is not null && !_abort.IsCancellationRequested
                && (deadline.IsCancellationRequested || exception is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled });
            var error = ErrorReply.From(exception, timedOut);
            if (error.IsFault && !_abort.IsCancellationRequested)
                _services.Log.CommandFailed(_identity.Id, request, error.Code, exception);
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
            bytes = bytes[await _socket.SendAsync(bytes, _abort.Token)..];
    }

    private async Task CloseCursorsAsync()
    {
        try
        {
            await _services.Cursors.KillPinnedAsync(_identity.Id, CancellationToken.None);
        }
        catch (Exception gone) when (gone is NpgsqlException or CommandException or ObjectDisposedException)
        {
            // Without PostgreSQL there is nothing left to close.
        }
    }
}
