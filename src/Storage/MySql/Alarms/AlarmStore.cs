using Dapper;

namespace Pipeline.Storage.MySql.Alarms;

/// <summary>Something that somebody should look at.</summary>
/// <param name="Kind"><c>missed</c>: a time of the timetable came and no run; <c>failed</c> or <c>lost</c>: an attempt ended so.</param>
/// <param name="Tries">Of the webhook, so far.</param>
/// <param name="Fault">What the webhook's last try ended with; null where it went well, or was not made.</param>
/// <param name="NextTryAt">Of the webhook; null where it has nothing to deliver, has delivered it, or has given it up.</param>
public sealed record Alarm(
    long AlarmId, string Kind, string Job, long? RunId, string Message, DateTime RaisedAt, int Tries, DateTime? DeliveredAt, string? Fault, DateTime? NextTryAt)
{
    /// <summary>Whether the webhook tries no more, and nobody has got it.</summary>
    public bool IsGivenUp => Fault is not null && DeliveredAt is null && NextTryAt is null;
}

/// <summary>The table <c>alarm</c>. Each alarm is raised once, however many nodes look.</summary>
public sealed class AlarmStore(Database database)
{
    private static readonly string RaiseEnded = EmbeddedText.Load("MySql/Alarms/raise_ended.sql");
    private static readonly string RaiseMissed = EmbeddedText.Load("MySql/Alarms/raise_missed.sql");
    private static readonly string EndOver = EmbeddedText.Load("MySql/Alarms/end_over.sql");
    private static readonly string Open = EmbeddedText.Load("MySql/Alarms/open.sql");
    private static readonly string CountOpen = EmbeddedText.Load("MySql/Alarms/count_open.sql");
    private static readonly string Due = EmbeddedText.Load("MySql/Alarms/due.sql");
    private static readonly string Take = EmbeddedText.Load("MySql/Alarms/take.sql");
    private static readonly string Delivered = EmbeddedText.Load("MySql/Alarms/delivered.sql");
    private static readonly string TryLater = EmbeddedText.Load("MySql/Alarms/try_later.sql");

    /// <summary>Raises an alarm for every attempt that failed or was lost, and ends those that a success has answered.</summary>
    /// <param name="hook">Whether there is a webhook to deliver to.</param>
    /// <returns>How many were raised.</returns>
    public Task<int> LookAtRunsAsync(bool hook, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            int raised = await connection.ExecuteAsync(RaiseEnded, new { hook }, transaction);
            await connection.ExecuteAsync(EndOver, transaction: transaction);
            return raised;
        }, cancellationToken);

    /// <summary>Raises an alarm for a time of the timetable, unless the ledger has its run.</summary>
    public Task<int> MissedAsync(string job, DateTime scheduledAt, string message, bool hook, CancellationToken cancellationToken) =>
        database.TransactAsync(
            (connection, transaction) => connection.ExecuteAsync(RaiseMissed, new { job, scheduledAt, subject = $"{scheduledAt:yyyy-MM-ddTHH:mm:ssZ}", message, hook }, transaction),
            cancellationToken);

    /// <summary>Those that are not over and nobody has seen, the newest first.</summary>
    /// <param name="before">Only alarms with a lower id.</param>
    public Task<IReadOnlyList<Alarm>> OpenAsync(long before, int most, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Alarm>>(
            async connection => [.. (await connection.QueryAsync<Row>(Open, new { before, most })).Select(row => row.ToAlarm())], cancellationToken);

    /// <summary>How many are not over and nobody has seen.</summary>
    public Task<long> CountOpenAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(CountOpen), cancellationToken);

    /// <summary>Takes the next alarm to deliver, for so long; null where none is due.</summary>
    public Task<Alarm?> TakeAsync(TimeSpan lease, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            if (await connection.QuerySingleOrDefaultAsync<Row>(Due, transaction: transaction) is not { } due)
                return null;
            await connection.ExecuteAsync(Take, new { alarmId = due.alarm_id, leaseSeconds = lease.TotalSeconds }, transaction);
            return due.ToAlarm() with { Tries = due.tries + 1 };
        }, cancellationToken);

    public Task DeliveredAsync(long alarmId, CancellationToken cancellationToken) =>
        database.TransactAsync((connection, transaction) => connection.ExecuteAsync(Delivered, new { alarmId }, transaction), cancellationToken);

    /// <param name="pause">Until the next try; null to give it up.</param>
    public Task TryLaterAsync(long alarmId, string fault, TimeSpan? pause, CancellationToken cancellationToken) =>
        database.TransactAsync(
            (connection, transaction) => connection.ExecuteAsync(
                TryLater, new { alarmId, fault = fault.Length > 300 ? fault[..300] : fault, pauseSeconds = pause?.TotalSeconds }, transaction),
            cancellationToken);

    private sealed class Row
    {
        public long alarm_id { get; init; }
        public string kind { get; init; } = "";
        public string job { get; init; } = "";
        public long? run_id { get; init; }
        public string message { get; init; } = "";
        public DateTime raised_at { get; init; }
        public int tries { get; init; }
        public DateTime? delivered_at { get; init; }
        public string? fault { get; init; }
        public DateTime? next_try_at { get; init; }

        public Alarm ToAlarm() => new(alarm_id, kind, job, run_id, message, raised_at, tries, delivered_at, fault, next_try_at);
    }
}
