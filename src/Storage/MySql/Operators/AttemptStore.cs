using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Pipeline.Storage.MySql.Operators;

/// <summary>
/// Counts attempts to sign in, per account and per address. From the fourth failure on, each doubles the time until the next attempt
/// is looked at: 2 s, 4 s, 8 s, and so on to 15 minutes. A name that no operator has is counted like any other.
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
    private static readonly string Expire = EmbeddedText.Load("MySql/Operators/expire_attempts.sql");

    /// <summary>Counts an attempt as failed until <see cref="SucceededAsync"/> says otherwise.</summary>
    /// <returns>Null where the attempt may be looked at; else how long it may not, and it is not counted.</returns>
    public Task<TimeSpan?> BeginAsync(string account, string address, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            byte[][] subjects = [Account(account), Address(address)];
            var counts = new List<int>();
            var wait = TimeSpan.Zero;
            foreach (byte[] subjectHash in subjects)
            {
                await connection.ExecuteAsync(Count, new { subjectHash }, transaction);
                var (failures, microseconds) = await connection.QuerySingleAsync<(int, long)>(Lock, new { subjectHash }, transaction);
                counts.Add(failures);
                wait = wait > TimeSpan.FromMicroseconds(microseconds) ? wait : TimeSpan.FromMicroseconds(microseconds);
            }
            if (wait > TimeSpan.Zero)
                return wait;
            for (int i = 0; i < subjects.Length; i++)
                await connection.ExecuteAsync(Block, new { subjectHash = subjects[i], seconds = Delay(counts[i] + 1) }, transaction);
            return (TimeSpan?)null;
        }, cancellationToken);

    /// <summary>The attempt was no failure: the account begins anew, and the address gets this one back.</summary>
    public Task SucceededAsync(string account, string address, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(Expire, transaction: transaction);
            await connection.ExecuteAsync(Forget, new { subjectHash = Account(account) }, transaction);
            return await connection.ExecuteAsync(Forgive, new { subjectHash = Address(address) }, transaction);
        }, cancellationToken);

    /// <param name="failures">Counting this one.</param>
    public static int Delay(int failures) => failures <= Free ? 0 : Math.Min(LongestSeconds, 1 << Math.Min(failures - Free, 20));

    private static byte[] Account(string name) => SHA256.HashData(Encoding.UTF8.GetBytes("account " + name));

    private static byte[] Address(string address) => SHA256.HashData(Encoding.UTF8.GetBytes("address " + address));
}
