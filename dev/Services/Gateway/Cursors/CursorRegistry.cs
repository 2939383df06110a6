using Npgsql;
using Pipeline.Services.Gateway.Backend;
using Pipeline.Services.Gateway.Errors;

namespace Pipeline.Services.Gateway.Cursors;

/// <summary>
/// The cursors that clients hold open. One that a getMore is working on is taken out and marked, so that no two run at once and a
/// killCursors meanwhile is not undone by its return.
/// </summary>
internal sealed class CursorRegistry(ConnectionPool pool, GatewayOptions options) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, OpenCursor> _idle = [];
    private readonly HashSet<long> _busy = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _idle.Count + _busy.Count;
        }
    }

    /// <exception cref="CommandException">TemporarilyUnavailable: <see cref="GatewayOptions.MaxCursors"/> are open.</exception>
    public void EnsureRoom()
    {
        if (Count >= options.MaxCursors)
            throw new CommandException(ErrorCode.TemporarilyUnavailable, $"{options.MaxCursors} cursors are open, which is the most");
    }

    public void Add(OpenCursor cursor)
    {
        lock (_gate)
            _idle[cursor.Id] = cursor with { LastUsed = options.Time.GetTimestamp() };
    }

    public OpenCursor Take(long id)
    {
        lock (_gate)
        {
            if (_idle.Remove(id, out var cursor))
            {
                _busy.Add(id);
                return cursor;
            }

            throw _busy.Contains(id)
                ? new CommandException(ErrorCode.CursorInUse, $"cursor id {id} is already in use")
                : new CommandException(ErrorCode.CursorNotFound, $"cursor id {id} not found");
        }
    }

    /// <summary>Returns a taken cursor for its next page; false where it was killed meanwhile.</summary>
    public bool PutBack(OpenCursor cursor)
    {
        lock (_gate)
        {
            if (!_busy.Remove(cursor.Id))
                return false;
            _idle[cursor.Id] = cursor with { LastUsed = options.Time.GetTimestamp() };
            return true;
        }
    }

    /// <summary>A taken cursor has no further page.</summary>
    public void Finish(long id)
    {
        lock (_gate)
            _busy.Remove(id);
    }

    /// <returns>Those of <paramref name="ids"/> that were open.</returns>
    public Task<HashSet<long>> KillAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
        CloseAsync(cursor => ids.Contains(cursor.Id), ids.Contains, cancellationToken);

    public Task KillPinnedAsync(long owner, CancellationToken cancellationToken) =>
        CloseAsync(cursor => cursor.Pinned is not null && cursor.Owner == owner, _ => false, cancellationToken);

    /// <summary>Closes cursors nobody has asked for in <see cref="GatewayOptions.CursorIdle"/>.</summary>
    public Task CloseIdleAsync(CancellationToken cancellationToken) =>
        CloseAsync(
            cursor => !cursor.NeverExpires && options.Time.GetElapsedTime(cursor.LastUsed) > options.CursorIdle, _ => false, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var cursor in _idle.Values)
            await UnpinAsync(cursor);
    }

    /// <summary>Gives a pinned connection back, without the portal.</summary>
    public static async Task UnpinAsync(OpenCursor cursor)
    {
        if (cursor.Pinned is not { } lease)
            return;
        await using (lease)
        {
            try
            {
                await using var close = Statement.Create(lease, "CLOSE ALL");
                await close.ExecuteNonQueryAsync();
            }
            catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
            {
                // The portal ended with its connection.
            }
        }
    }

    private async Task<HashSet<long>> CloseAsync(Func<OpenCursor, bool> idleOnes, Func<long, bool> busyOnes, CancellationToken cancellationToken)
    {
        List<OpenCursor> closed;
        HashSet<long> ids;
        lock (_gate)
        {
            closed = [.. _idle.Values.Where(idleOnes)];
            ids = [.. closed.Select(cursor => cursor.Id), .. _busy.Where(busyOnes)];
            foreach (var id in ids)
            {
                _idle.Remove(id);
                _busy.Remove(id);
            }
        }

        foreach (var cursor in closed)
            await UnpinAsync(cursor);
        if (ids.Count > 0)
            await DeleteFilesAsync([.. ids], cancellationToken);
        return ids;
    }

    private async Task DeleteFilesAsync(long[] ids, CancellationToken cancellationToken)
    {
        await using var lease = await pool.LeaseAsync(cancellationToken);
        await using var delete = Statement.Create(
            lease, "SELECT documentdb_api_internal.delete_cursors($1)", new NpgsqlParameter<long[]> { TypedValue = ids });
        await delete.ExecuteNonQueryAsync(cancellationToken);
    }
}
