using System.Security.Cryptography;
using System.Text;
using Dapper;
using MySqlConnector;

namespace Pipeline.Storage.MySql.Operators;

/// <summary>
/// Counts attempts to sign in, per address and per account, and codes that operators inside are asked for again, per operator. From the
/// fourth failure on, each doubles the time until the next attempt is looked at: 2 s, 4 s, 8 s, and so on to 15 minutes. A name that no
/// operator has is counted like any other. What nobody outside can try has a count of its own, so nobody outside can hold it up.
/// </summary>
public sealed class AttemptStore(Database database)
{
    private const int Free = 3;
    private const int LongestSeconds = 900;

    private static readonly string Count = EmbeddedText.Load("MySql/Operators/count_attempt.sql");
    private static readonly string Lock = EmbeddedText.Load("MySql/Operators/lock_attempts.sql");
    private static readonly string Block = EmbeddedText.Load("MySql/Operators/block.sql");
    private static readonly string Forgive = EmbeddedText.Load("MySql/Operators/forgive.sql");
    private static readonly string Forget = EmbeddedText.Load("MySql/Operators/forget.sql");

    /// <summary>Counts an attempt as failed until <see cref="SucceededAsync"/> says otherwise.</summary>
    /// <returns>Null where the attempt may be looked at; else how long it may not, and it is not counted.</returns>
    public Task<TimeSpan?> BeginAsync(string account, string address, CancellationToken cancellationToken) =>
        BeginAsync([Address(address), Account(account)], cancellationToken);

    /// <summary>Counts a code that an operator is asked for again as wrong until <see cref="ConfirmedAsync"/> says otherwise.</summary>
    /// <returns>Null where the code may be looked at; else how long it may not, and it is not counted.</returns>
    public Task<TimeSpan?> BeginConfirmationAsync(long operatorId, CancellationToken cancellationToken) =>
        BeginAsync([Confirmation(operatorId)], cancellationToken);

    /// <summary>The attempt was no failure: the account begins anew, and the address gets this one back.</summary>
    public Task SucceededAsync(string account, string address, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(Forgive, new { subjectHash = Address(address) }, transaction);
            return await connection.ExecuteAsync(Forget, new { subjectHash = Account(account) }, transaction);
        }, cancellationToken);

    /// <summary>The code was right: the operator begins anew.</summary>
    public Task ConfirmedAsync(long operatorId, CancellationToken cancellationToken) =>
        database.TransactAsync((connection, transaction) => connection.ExecuteAsync(Forget, new { subjectHash = Confirmation(operatorId) }, transaction), cancellationToken);

    /// <param name="failures">Counting this one.</param>
    public static int Delay(int failures) => failures <= Free ? 0 : Math.Min(LongestSeconds, 1 << Math.Min(failures - Free, 20));

    /// <param name="subjects">In the order in which they are asked: behind one that has to wait, none gets a row.</param>
    private Task<TimeSpan?> BeginAsync(byte[][] subjects, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            var counts = new List<int>();
            foreach (byte[] subjectHash in subjects)
            {
                var (failures, wait) = await LookAsync(connection, transaction, subjectHash);
                if (wait > TimeSpan.Zero)
                    return wait;
                counts.Add(failures);
            }
            for (int i = 0; i < subjects.Length; i++)
                await connection.ExecuteAsync(Block, new { subjectHash = subjects[i], seconds = Delay(counts[i] + 1) }, transaction);
            return (TimeSpan?)null;
        }, cancellationToken);

    private static async Task<(int Failures, TimeSpan Wait)> LookAsync(MySqlConnection connection, MySqlTransaction transaction, byte[] subjectHash)
    {
        await connection.ExecuteAsync(Count, new { subjectHash }, transaction);
        var (failures, microseconds) = await connection.QuerySingleAsync<(int, long)>(Lock, new { subjectHash }, transaction);
        return (failures, TimeSpan.FromMicroseconds(microseconds));
    }

    private static byte[] Account(string name) => Hash("account " + name);

    private static byte[] Address(string address) => Hash("address " + ClientNetwork.Of(address));

    private static byte[] Confirmation(long operatorId) => Hash($"confirmation {operatorId}");

    private static byte[] Hash(string subject) => SHA256.HashData(Encoding.UTF8.GetBytes(subject));
}
