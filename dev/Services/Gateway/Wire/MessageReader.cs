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

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
    private int _start;
    private int _end;
    private int _current;
    private Task<int>? _readAhead;

    /// <summary>Whether the client closed while a command ran. Asked after <see cref="ReadAheadAsync"/>.</summary>
    public bool IsClosedByClient => _readAhead is { IsCompleted: true } done && (!done.IsCompletedSuccessfully || done.Result == 0);

    /// <summary>The next message with its header, or null where the client has closed between two messages.</summary>
    /// <exception cref="WireException">The header is impossible, or the client closed in the middle of a message.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(int maxLength, CancellationToken cancellationToken)
    {
        _start += _current;
        _current = 0;
        while (_end - _start < WireProtocol.HeaderSize)
        {
            if (await FillAsync(WireProtocol.HeaderSize, cancellationToken))
                continue;
            return _start == _end ? null : throw new WireException("the client closed within a header");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        // No message is shorter than an OP_MSG that holds nothing: header, flag bits, one byte.
        if (length < WireProtocol.HeaderSize + 5 || length > maxLength)
            throw new WireException($"a message of {length} bytes");
        while (_end - _start < length)
            if (!await FillAsync(length, cancellationToken))
                throw new WireException("the client closed within a message");
        _current = length;
        return _buffer.AsMemory(_start, length);
    }

    /// <summary>
    /// Completes when the client sends more or closes, so that a running command can notice that nobody waits for it any more. A
    /// client that has sent ahead already is not watched: it is there, and the next command's read will tell.
    /// </summary>
    public Task ReadAheadAsync()
    {
        if (_readAhead is null && _end < _buffer.Length)
            _readAhead = socket.ReceiveAsync(_buffer.AsMemory(_end)).AsTask();
        return _readAhead ?? Task.Delay(Timeout.Infinite);
    }

    public void Dispose()
    {
        // A buffer that a receive may still write to must not go to anyone else.
        if (_readAhead is null or { IsCompleted: true })
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <returns>False where the client has closed.</returns>
    private async ValueTask<bool> FillAsync(int needed, CancellationToken cancellationToken)
    {
        int received;
        if (_readAhead is { } pending)
        {
            received = await pending.WaitAsync(cancellationToken);
            _readAhead = null;
        }
        else
        {
            MakeRoom(needed);
            received = await socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
        }

        _end += received;
        return received > 0;
    }

    private void MakeRoom(int needed)
    {
        if (_start == _end)
            _start = _end = 0;
        var wanted = needed + ReadAheadRoom;
        if (wanted > _buffer.Length)
            MoveTo(ArrayPool<byte>.Shared.Rent(wanted));
        else if (_buffer.Length > LargestKeptBuffer && wanted <= SmallBuffer)
            MoveTo(ArrayPool<byte>.Shared.Rent(SmallBuffer));
        else if (_start + wanted > _buffer.Length)
            MoveTo(_buffer);
    }

    private void MoveTo(byte[] target)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        _end -= _start;
        _start = 0;
        if (target != _buffer)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = target;
    }
}
