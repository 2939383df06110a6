using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Pipeline.Services.Gateway.Wire;

/// <summary>
/// Cuts a socket's bytes into messages. A message stays in the buffer, and valid, until the next one is asked for; what the
/// client sends meanwhile is put behind it.
/// </summary>
internal sealed class MessageReader(Socket socket) : IDisposable
{
    private const int SmallBuffer = 64 * 1024;
    private const int LargestKeptBuffer = 1024 * 1024;

    /// <summary>Room left behind every message for <see cref="ReadAheadAsync"/>.</summary>
    private const int ReadAheadRoom = 512;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
    private int start;
    private int end;
    private int current;
    private Task<int>? readAhead;

    /// <summary>Whether the client closed while a command ran. Asked after <see cref="ReadAheadAsync"/>.</summary>
    public bool IsClosedByClient => readAhead is { IsCompleted: true } done && (!done.IsCompletedSuccessfully || done.Result == 0);

    /// <summary>The next message with its header, or null where the client has closed between two messages.</summary>
    /// <exception cref="WireException">The header is impossible, or the client closed in the middle of a message.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(int maxLength, CancellationToken cancellationToken)
    {
        start += current;
        current = 0;
        while (end - start < WireProtocol.HeaderSize)
        {
            if (await FillAsync(WireProtocol.HeaderSize, cancellationToken))
                continue;
            return start == end ? null : throw new WireException("the client closed within a header");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start));
        // No message is shorter than an OP_MSG that holds nothing: header, flag bits, one byte.
        if (length < WireProtocol.HeaderSize + 5 || length > maxLength)
            throw new WireException($"a message of {length} bytes");
        while (end - start < length)
            if (!await FillAsync(length, cancellationToken))
                throw new WireException("the client closed within a message");
        current = length;
        return buffer.AsMemory(start, length);
    }

    /// <summary>
    /// Completes when the client sends more or closes, so that a running command can notice that nobody waits for it any more. A
    /// client that has sent ahead already is not watched: it is there, and the next command's read will tell.
    /// </summary>
    public Task ReadAheadAsync()
    {
        if (readAhead is null && end < buffer.Length)
            readAhead = socket.ReceiveAsync(buffer.AsMemory(end)).AsTask();
        return readAhead ?? Task.Delay(Timeout.Infinite);
    }

    public void Dispose()
    {
        // A buffer that a receive may still write to must not go to anyone else.
        if (readAhead is null or { IsCompleted: true })
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    /// <returns>False where the client has closed.</returns>
    private async ValueTask<bool> FillAsync(int needed, CancellationToken cancellationToken)
    {
        int received;
        if (readAhead is { } pending)
        {
            received = await pending.WaitAsync(cancellationToken);
            readAhead = null;
        }
        else
        {
            MakeRoom(needed);
            received = await socket.ReceiveAsync(buffer.AsMemory(end), cancellationToken);
        }

        end += received;
        return received > 0;
    }

    private void MakeRoom(int needed)
    {
        if (start == end)
            start = end = 0;
        var wanted = needed + ReadAheadRoom;
        if (wanted > buffer.Length)
            MoveTo(ArrayPool<byte>.Shared.Rent(wanted));
        else if (buffer.Length > LargestKeptBuffer && wanted <= SmallBuffer)
            MoveTo(ArrayPool<byte>.Shared.Rent(SmallBuffer));
        else if (start + wanted > buffer.Length)
            MoveTo(buffer);
    }

    private void MoveTo(byte[] target)
    {
        buffer.AsSpan(start, end - start).CopyTo(target);
        end -= start;
        start = 0;
        if (target != buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = target;
    }
}
