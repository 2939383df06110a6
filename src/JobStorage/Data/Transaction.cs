using MySqlConnector;

namespace Pipeline.JobStorage.Data;

/// <summary>
/// A transaction of <see cref="Database.Transact"/>. It begins in the round trip of its first statements. MySqlConnector's own would take
/// two more, and one of them sets the session to REPEATABLE READ.
/// </summary>
internal sealed class Transaction(MySqlConnection connection)
{
    private static readonly Statement Begin = new("START TRANSACTION", []);

    private bool _begun;

    /// <summary>Sends statements together.</summary>
    /// <param name="read">Is given the results of the queries among them, in order.</param>
    public T Send<T>(IEnumerable<Statement> statements, Func<MySqlDataReader, T> read)
    {
        if (!_begun)
            statements = statements.Prepend(Begin);
        _begun = true;
        return Database.Send(connection, statements, read);
    }

    /// <summary>Sends statements together that answer nothing.</summary>
    public void Send(params IEnumerable<Statement> statements) => Send(statements, static _ => 0);
}
