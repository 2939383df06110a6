using Pipeline.JobStorage.Data;

namespace Pipeline.JobStorage.Jobs;

/// <summary>Gives out ids of jobs, from blocks that the process reserves. What is left of a block when it ends is never used.</summary>
internal sealed class JobIds(Database database)
{
    private const long Block = 100;

    private readonly Lock _gate = new();
    private long _next;
    private long _end;

    public long Next()
    {
        lock (_gate)
        {
            if (_next == _end)
            {
                _next = Reserve();
                _end = _next + Block;
            }
            return _next++;
        }
    }

    private long Reserve() => database.Repeat(connection =>
    {
        using var command = database.Command(connection, "Jobs/take_ids.sql", [new("count", Block)]);
        command.ExecuteNonQuery();
        return command.LastInsertedId;
    });
}
